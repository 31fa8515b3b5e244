//! Why a station does not open, as a failure with its trace.
//!
//! Not here: what the shell does about it.

use fengsui_app::OpenError;

use super::{convert, traced};
use crate::failure::{Failure, FailureCode};

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        traced(match error {
            OpenError::Store(error) => convert::store_failure(&error),
            OpenError::App(error) => convert::failure(error),
            OpenError::Files(error) => {
                tracing::error!("county files cannot be used");
                Failure::new(FailureCode::ValueInvalid)
                    .with("field", "--county")
                    .with("detail", error.to_string())
            }
            OpenError::Code(error) => Failure::new(FailureCode::ValueInvalid)
                .with("field", "--station-code")
                .with("detail", error.to_string()),
        })
    }
}
