//! How paths are shown and joined.

use std::path::{Component, Path, PathBuf};

/// A path for the user: relative to the working directory where it lies in it.
pub(crate) fn show(path: &Path) -> String {
    let path = tidy(path);
    let relative = std::env::current_dir().ok().and_then(|here| path.strip_prefix(here).ok().map(Path::to_path_buf));
    match relative {
        Some(relative) if relative.as_os_str().is_empty() => ".".to_owned(),
        Some(relative) => relative.display().to_string(),
        None => path.display().to_string(),
    }
}

/// A relative path with `/` between folders, as sources and JSON name it.
pub(crate) fn with_slashes(path: &Path) -> String {
    let parts = path.components().map(|component| component.as_os_str().to_string_lossy().into_owned());
    parts.collect::<Vec<_>>().join("/")
}

/// Without `.` and with `..` taken back, by name alone.
pub(crate) fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir if matches!(tidied.components().next_back(), Some(Component::Normal(_))) => {
                tidied.pop();
            }
            Component::ParentDir if tidied.has_root() => {}
            Component::ParentDir | Component::Normal(_) | Component::RootDir | Component::Prefix(_) => {
                tidied.push(component);
            }
        }
    }
    tidied
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tidy_takes_back_steps() {
        for (path, expected) in
            [("/a/./b/../c", "/a/c"), ("/../a", "/a"), ("../a", "../a"), ("a/../../b", "../b"), ("./a", "a")]
        {
            assert_eq!(tidy(Path::new(path)), Path::new(expected), "{path}");
        }
    }
}
