//! Edits by GraphQL: a client that sends mutations, one in each request.

use serde_json::{Value, json};

use super::app::{Answer, App};

/// What every mutation is asked for besides what a test asks for.
const OUTCOME: &str = "revision userErrors { code path message }";

/// A client with a token.
pub struct Editor<'app> {
    pub app: &'app App,
    pub token: String,
}

/// An error of the user's, as a mutation reports it.
#[derive(Debug)]
pub struct UserError {
    pub code: String,
    /// The steps that lead to the wrong argument, joined by dots.
    pub path: String,
    pub message: String,
}

impl Editor<'_> {
    /// Sends a mutation, as it stands.
    pub async fn send(&self, mutation: &str) -> Answer {
        self.app.mutate(&self.token, mutation, json!({})).await
    }

    /// Sends one field of `Mutation`, to which the request must be right; answers its payload.
    pub async fn payload(&self, field: &str) -> Value {
        let answer = self.send(&mutation(field)).await;
        let json = answer.json();
        assert!(answer.status == 200 && json.get("errors").is_none(), "{field}\n{json:#}");
        json["data"]["it"].clone()
    }

    /// Makes an edit, which must be accepted; answers its payload.
    pub async fn edit(&self, field: &str) -> Value {
        let payload = self.payload(field).await;
        assert!(payload["userErrors"] == json!([]) && payload["revision"].is_i64(), "{field}\n{payload:#}");
        payload
    }

    /// Tries an edit, which must be rejected and change nothing; answers why.
    pub async fn rejection(&self, field: &str) -> Vec<UserError> {
        let before = self.app.revision().await;
        let payload = self.payload(field).await;
        assert!(payload["revision"].is_null(), "{field}\n{payload:#}");
        assert_eq!(self.app.revision().await, before, "{field}");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let errors = payload["userErrors"].as_array().unwrap().iter().map(|error| UserError {
            code: text(&error["code"]),
            path: error["path"].as_array().unwrap().iter().map(text).collect::<Vec<_>>().join("."),
            message: text(&error["message"]),
        });
        errors.collect()
    }

    /// The code of the error that the whole request gets.
    pub async fn error_code(&self, field: &str) -> String {
        let answer = self.send(&mutation(field)).await.json();
        let code = &answer["errors"][0]["extensions"]["code"];
        code.as_str().unwrap_or_else(|| panic!("no error: {field}\n{answer:#}")).to_owned()
    }

    /// Tries an edit, which must be rejected; answers each error's code and path.
    pub async fn rejection_codes(&self, field: &str) -> Vec<String> {
        codes(&self.rejection(field).await)
    }
}

/// Each error's code and path.
pub fn codes(errors: &[UserError]) -> Vec<String> {
    errors.iter().map(|error| format!("{} {}", error.code, error.path)).collect()
}

/// A document of one field, which is asked for its outcome, too.
fn mutation(field: &str) -> String {
    let selection = field.trim_end().strip_suffix('}').unwrap_or_else(|| panic!("no selection: {field}"));
    format!("mutation {{ it: {selection} {OUTCOME} }} }}")
}
