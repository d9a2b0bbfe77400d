//! MariaDB: what it does otherwise than MySQL.

use crate::mysql;
use crate::plan::Rules;

/// Indexes are made anew instead of renamed: older servers know no RENAME INDEX.
pub(crate) const RULES: Rules = Rules {
    renames_indexes: false,
    ..mysql::plan::RULES
};
