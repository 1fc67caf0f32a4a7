//! The one error: what went wrong, whose mistake it is, and so the code and the words that a caller gets.

use std::sync::Arc;

use actix_web::http::StatusCode;
use sea_orm::DbErr;

use crate::mistake::Mistakes;

/// A result of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// The caller's value can't be right. The message says what would be.
    #[error("{message}")]
    BadInput {
        /// The argument that holds the value.
        argument: String,
        /// What is wrong with it.
        message: String,
    },
    /// Parameters of an address that can't be right, all of them at once.
    #[error("{}", joined(.0))]
    Parameters(Vec<WrongParameter>),
    /// What the address names is not there.
    #[error("{0}")]
    NotFound(String),
    /// It has another address now: this one.
    #[error("it is found at {0}")]
    Moved(String),
    /// Who asks is not known.
    #[error("{0}")]
    Unauthenticated(String),
    /// Who asks is known, and may not.
    #[error("{0}")]
    Forbidden(String),
    /// What the caller knows is not of this archive as it stands.
    #[error("{}: {}", .0.parameter, .0.message)]
    Conflict(WrongParameter),
    /// The body is of a type that is not taken here.
    #[error("the body is taken as {0}: say which in Content-Type")]
    UnsupportedMedia(String),
    /// The body is too large.
    #[error("the size of the body in bytes is {value}, over the limit of {limit}")]
    TooLarge {
        /// The limit's name in the configuration.
        name: &'static str,
        /// How many bytes there are, as far as they were read.
        value: u64,
        /// What is allowed.
        limit: u64,
    },
    /// A document that can't be right, with everything that is wrong.
    #[error("the document has mistakes, and nothing was written: {0}")]
    Document(Mistakes),
    /// None of what the caller accepts is what this address answers.
    #[error("the answer is {0}, and the Accept header takes none of them")]
    NotAcceptable(String),
    /// What the caller asks for goes over a limit.
    #[error("{what} is {value}, over the limit of {limit}")]
    Limit {
        /// What is limited, in words.
        what: &'static str,
        /// The limit's name in the configuration.
        name: &'static str,
        /// What was asked for.
        value: u64,
        /// What is allowed.
        limit: u64,
    },
    /// The server answers listed documents only, and this is none of them.
    #[error("this server answers the documents of its allow-list only")]
    NotAllowed,
    /// The hash of a document that is not known here. The message and code are those that Apollo's clients wait for.
    #[error("PersistedQueryNotFound")]
    PersistedQueryNotFound,
    /// It took longer than is allowed.
    #[error("the request took longer than {0} ms and was stopped; ask for less at once")]
    Timeout(u64),
    /// The database is not to be reached, or refused. Logged in full where it is answered; the caller learns no more
    /// than that.
    #[error("the archive's database does not answer")]
    Database(#[source] Arc<DbErr>),
    /// Our mistake. Logged in full where it is answered.
    #[error("something went wrong in the server")]
    Internal(String),
}

/// A parameter that can't be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongParameter {
    /// Its name, as the caller gave it.
    pub parameter: String,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

fn joined(wrong: &[WrongParameter]) -> String {
    let messages: Vec<String> = wrong.iter().map(|wrong| format!("{}: {}", wrong.parameter, wrong.message)).collect();
    messages.join("; ")
}

impl Error {
    /// A bad value of an argument.
    pub fn bad_input(argument: &str, message: impl Into<String>) -> Self {
        Self::BadInput { argument: argument.to_owned(), message: format!("{argument}: {}", message.into()) }
    }

    /// The code that GraphQL's `extensions.code` carries.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadInput { .. }
            | Self::Parameters(_)
            | Self::NotAcceptable(_)
            | Self::UnsupportedMedia(_)
            | Self::Document(_) => "BAD_USER_INPUT",
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::Conflict(_) => "CONFLICT",
            Self::TooLarge { .. } => "LIMIT_EXCEEDED",
            Self::NotFound(_) | Self::Moved(_) => "NOT_FOUND",
            Self::Limit { .. } => "LIMIT_EXCEEDED",
            Self::NotAllowed => "FORBIDDEN",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::Timeout(_) => "TIMEOUT",
            Self::Database(_) | Self::Internal(_) => "INTERNAL",
        }
    }
}

impl Error {
    /// The HTTP status of an answer that is nothing but this error.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadInput { .. }
            | Self::Parameters(_)
            | Self::Document(_)
            | Self::Limit { .. }
            | Self::PersistedQueryNotFound => StatusCode::BAD_REQUEST,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::UnsupportedMedia(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Moved(_) => StatusCode::MOVED_PERMANENTLY,
            Self::NotAcceptable(_) => StatusCode::NOT_ACCEPTABLE,
            Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::Timeout(_) | Self::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Logs what the caller is not told.
    pub fn log(&self) {
        match self {
            Self::Database(error) => tracing::error!(%error, "the database failed"),
            Self::Internal(error) => tracing::error!(%error, "a bug"),
            _ => {}
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Database(Arc::new(error))
    }
}
