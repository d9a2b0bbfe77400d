//! RSS 2.0.

use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use nicol::types::DateTime;

use super::Entry;
use super::text::{add, escape, html};
use crate::db::Project;

// ANCHOR: rss
/// A changelog for feed readers. `address` is that of its page.
pub(super) fn rss(project: &Project, entries: &[Entry], address: &str) -> String {
    let (name, address) = (escape(&project.name), escape(address));
    let mut feed = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n\
         <channel>\n<title>{name}</title>\n<link>{address}</link>\n<description>What is new in {name}</description>\n\
         <atom:link href=\"{address}/feed.xml\" rel=\"self\" type=\"application/rss+xml\"/>\n"
    );
    for (entry, tags) in entries {
        let (id, title) = (escape(&entry.id), escape(&entry.title));
        add(
            &mut feed,
            format_args!(
                "<item>\n<title>{title}</title>\n<link>{address}#{id}</link>\n<guid isPermaLink=\"false\">{id}</guid>\n"
            ),
        );
        if let Some(date) = entry.published_at.and_then(date) {
            add(&mut feed, format_args!("<pubDate>{date}</pubDate>\n"));
        }
        for tag in tags {
            add(&mut feed, format_args!("<category>{}</category>\n", escape(&tag.name)));
        }
        add(&mut feed, format_args!("<description>{}</description>\n</item>\n", escape(&html(&entry.content))));
    }
    feed.push_str("</channel>\n</rss>\n");
    feed
}
// ANCHOR_END: rss

/// As letters date themselves.
fn date(moment: DateTime) -> Option<String> {
    rfc2822::to_string(&moment.to_zoned(TimeZone::UTC)).ok()
}
