//! Asking the schema.

use serde_json::{Map, Value};

use crate::{
    error::{Error, Result},
    graphql::plan::{Ordered, Plan},
    server::Server,
};

impl Server {
    /// Runs a query of our own; answers its data.
    pub async fn query(&self, document: &str, variables: Map<String, Value>) -> Result<Value> {
        let mut request = async_graphql::Request::new(document);
        let parsed = request.parsed_query().map_err(|error| Error::Internal(format!("{error}: {document}")))?;
        let operation = parsed.operations.iter().next().map(|(_, operation)| &operation.node);
        let plan = operation.map(|operation| Plan::new(parsed, operation, &self.shape)).unwrap_or_default();
        let request = request.variables(async_graphql::Variables::from_json(Value::Object(variables)));
        let response = self.read(|batches| async { Ok(self.schema.execute(request.data(batches)).await) }).await?;
        if let Some(error) = response.errors.first() {
            let ours = error.source::<Error>().cloned();
            return Err(ours.unwrap_or_else(|| Error::Internal(format!("{}: {document}", error.message))));
        }
        serde_json::to_value(Ordered { value: &response.data, plan: Some(&plan) })
            .map_err(|error| Error::Internal(error.to_string()))
    }
}
