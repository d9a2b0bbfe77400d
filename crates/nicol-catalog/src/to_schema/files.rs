//! Blocks in their files, through the formatter.

use nicol_schema::Source;

use super::previous::Previous;
use super::{Block, Options, configuration};
use crate::Catalog;

/// The text of every file of the previous schema, and of the one for new blocks when there is no single file for them.
pub(super) fn write(catalog: &Catalog, previous: &Previous<'_>, options: &Options, blocks: Vec<Block>) -> Vec<Source> {
    let schema = previous.schema;
    let mut files: Vec<Source> = schema.sources.iter().map(|source| Source::new(source.path.clone(), "")).collect();
    for (place, file) in files.iter_mut().enumerate() {
        file.text = configuration::of_file(catalog, previous, options, place as u32);
    }
    for block in blocks {
        let place = match block.file {
            Some(file) => file as usize,
            None if files.len() == 1 => 0,
            None => files.iter().position(|file| file.path == options.new_file).unwrap_or_else(|| {
                files.push(Source::new(options.new_file.clone(), ""));
                files.len() - 1
            }),
        };
        files[place].text.push_str(&block.text);
        files[place].text.push('\n');
    }
    for (place, file) in files.iter_mut().enumerate() {
        file.text.push_str(previous.comments.tail(place as u32));
    }
    let texts = nicol_schema::format(&files);
    files.into_iter().zip(texts).map(|(file, text)| Source::new(file.path, text)).collect()
}
