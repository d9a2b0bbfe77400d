//! What a datasource can say for its provider.

use crate::diagnostic::Code;
use crate::report::Report;

use super::Checks;

/// Checks the datasource.
pub(crate) fn check(checks: &Checks<'_, '_>, report: &mut Report) {
    if let Some(span) = checks.configuration.extensions
        && !checks.configuration.has_preview("postgresqlExtensions")
    {
        let help = "add `\"postgresqlExtensions\"` to `previewFeatures` of a generator";
        report.error_help(Code::PreviewNeeded, span, "`extensions` is a preview feature", help);
    }
}
