//! The one error type. It decides the code, the status and the message that a caller gets.

use std::sync::Arc;

use actix_web::http::StatusCode;
use sea_orm::{DbErr, TryGetError};

use crate::mistake::{Mistakes, shortened};

mod unwritable;

pub use unwritable::Unwritable;

/// The result type of this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// A value of an argument is not possible. The message says what would be right.
    #[error("{message}")]
    BadInput {
        /// The argument.
        argument: String,
        /// What is wrong, and what would be right.
        message: String,
    },
    /// Parameters of an address are not possible, all of them at once.
    #[error("{}", joined(.0))]
    Parameters(Vec<WrongParameter>),
    /// Nothing is at the address.
    #[error("{0}")]
    NotFound(String),
    /// The item is at another address: this one.
    #[error("it is found at {0}")]
    Moved(String),
    /// The request has no valid token.
    #[error("{0}")]
    Unauthenticated(String),
    /// The token does not allow the write.
    #[error("{0}")]
    Forbidden(String),
    /// The revision that the caller gave is not one of this archive.
    #[error("{}: {}", .0.parameter, .0.message)]
    Conflict(WrongParameter),
    /// The archive and a document both changed something since the document was exported.
    #[error("{}", conflicting(*.since, .conflicts, *.can_prefer))]
    Conflicts {
        /// The revision at which the document was exported.
        since: i64,
        /// What both changed.
        conflicts: Vec<String>,
        /// Whether the preference of a side decides all of it.
        can_prefer: bool,
    },
    /// The media type of the body is not accepted here.
    #[error("the body is taken as {0}: say which in Content-Type")]
    UnsupportedMedia(String),
    /// The body is too large.
    #[error("the size of the body in bytes is {value}, over the limit of {limit}")]
    TooLarge {
        /// The name of the limit in the configuration.
        name: &'static str,
        /// The number of bytes, as far as they were read.
        value: u64,
        /// The limit.
        limit: u64,
    },
    /// The body came too slowly.
    #[error("the body came too slowly and was given up: {0}")]
    SlowBody(String),
    /// A document has mistakes: all of them.
    #[error("the document has mistakes, and nothing was written: {0}")]
    Document(Mistakes),
    /// The answer is available in none of the media types that the caller accepts.
    #[error("the answer is {0}, and the Accept header takes none of them")]
    NotAcceptable(String),
    /// The request goes over a limit.
    #[error("{what} is {value}, over the limit of {limit}")]
    Limit {
        /// What is limited, in words.
        what: &'static str,
        /// The name of the limit in the configuration.
        name: &'static str,
        /// What the request asks for.
        value: u64,
        /// The limit.
        limit: u64,
    },
    /// The server answers only the documents of its allow-list, and this is none of them.
    #[error("this server answers the documents of its allow-list only")]
    NotAllowed,
    /// The hash belongs to no stored document. Apollo's clients expect this message and this code.
    #[error("PersistedQueryNotFound")]
    PersistedQueryNotFound,
    /// The request took longer than its limit, in milliseconds.
    #[error("the request took longer than {0} ms and was stopped; ask for less at once")]
    Timeout(u64),
    /// What there is one of at a time is under way.
    #[error("{0}")]
    Busy(&'static str),
    /// The database can't be reached, or refused a statement. The log has the details, the caller does not get them.
    #[error("the archive's database does not answer")]
    Database(#[source] Arc<DbErr>),
    /// The database takes no writes. The log has the details, the caller does not get them.
    #[error("{0}")]
    Unwritable(Unwritable, #[source] Arc<DbErr>),
    /// A value in the database that this version has no form for. An earlier one, or another program, wrote it.
    #[error("in the database, {0}")]
    Unreadable(String),
    /// A bug. The log has the details, the caller does not get them.
    #[error("something went wrong in the server")]
    Internal(String),
}

/// A parameter with a value that is not possible.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongParameter {
    /// The name of the parameter, as the caller gave it.
    pub parameter: String,
    /// What is wrong with it, and what would be right.
    pub message: String,
}

fn joined(wrong: &[WrongParameter]) -> String {
    let messages: Vec<String> = wrong.iter().map(|wrong| format!("{}: {}", wrong.parameter, wrong.message)).collect();
    messages.join("; ")
}

fn conflicting(since: i64, conflicts: &[String], can_prefer: bool) -> String {
    let help = match can_prefer {
        true => {
            "--prefer source or --prefer archive decides, and --force takes the document as it stands (over HTTP \
             prefer=, force=true)"
        }
        false => "change the document, or take it as it stands by --force (over HTTP force=true)",
    };
    let lines = conflicts.iter().map(|conflict| format!("\n  {conflict}")).collect::<String>();
    format!(
        "nothing was written, because both the archive and the document changed since revision {since}: {help}{lines}"
    )
}

impl Error {
    /// The error of an argument's value.
    pub fn bad_input(argument: &str, message: impl Into<String>) -> Self {
        Self::BadInput { argument: argument.to_owned(), message: shortened(format!("{argument}: {}", message.into())) }
    }

    /// The code in GraphQL's `extensions.code`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::BadInput { .. }
            | Self::Parameters(_)
            | Self::NotAcceptable(_)
            | Self::UnsupportedMedia(_)
            | Self::Document(_) => "BAD_USER_INPUT",
            Self::Unauthenticated(_) => "UNAUTHENTICATED",
            Self::Forbidden(_) => "FORBIDDEN",
            Self::Conflict(_) | Self::Conflicts { .. } => "CONFLICT",
            Self::TooLarge { .. } => "LIMIT_EXCEEDED",
            Self::NotFound(_) | Self::Moved(_) => "NOT_FOUND",
            Self::Limit { .. } => "LIMIT_EXCEEDED",
            Self::NotAllowed => "FORBIDDEN",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::Timeout(_) | Self::SlowBody(_) | Self::Busy(_) => "TIMEOUT",
            Self::Database(_) | Self::Unwritable(..) | Self::Unreadable(_) | Self::Internal(_) => "INTERNAL",
        }
    }
}

impl Error {
    /// The HTTP status of a response that consists of this error.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadInput { .. }
            | Self::Parameters(_)
            | Self::Document(_)
            | Self::Limit { .. }
            | Self::PersistedQueryNotFound => StatusCode::BAD_REQUEST,
            Self::Unauthenticated(_) => StatusCode::UNAUTHORIZED,
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::Conflict(_) | Self::Conflicts { .. } => StatusCode::CONFLICT,
            Self::SlowBody(_) => StatusCode::REQUEST_TIMEOUT,
            Self::UnsupportedMedia(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::Moved(_) => StatusCode::MOVED_PERMANENTLY,
            Self::NotAcceptable(_) => StatusCode::NOT_ACCEPTABLE,
            Self::NotAllowed => StatusCode::FORBIDDEN,
            Self::Unwritable(Unwritable::Full, _) => StatusCode::INSUFFICIENT_STORAGE,
            Self::Timeout(_) | Self::Busy(_) | Self::Database(_) | Self::Unwritable(..) => {
                StatusCode::SERVICE_UNAVAILABLE
            }
            Self::Unreadable(_) | Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Logs the details that the caller does not get.
    pub fn log(&self) {
        match self {
            Self::Database(error) | Self::Unwritable(_, error) => {
                tracing::error!(%error, "the database reported an error")
            }
            Self::Unreadable(error) => tracing::error!(%error, "a stored value can't be read"),
            Self::Internal(error) => tracing::error!(%error, "an internal error"),
            _ => {}
        }
    }
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        let unwritable = Unwritable::of(&error);
        let error = Arc::new(error);
        match unwritable {
            Some(why) => Self::Unwritable(why, error),
            None => Self::Database(error),
        }
    }
}

impl From<TryGetError> for Error {
    fn from(error: TryGetError) -> Self {
        DbErr::from(error).into()
    }
}
