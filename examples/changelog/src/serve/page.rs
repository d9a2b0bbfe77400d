//! The pages as text.

use super::Entry;
use super::text::{add, escape, html};
use crate::db::{ChangelogEntry, ChangelogTag, Project};

const STYLE: &str = include_str!("page.css");

/// The public projects, each with what is newest in it.
pub(super) fn projects(projects: &[(Project, Option<ChangelogEntry>)]) -> String {
    let mut body =
        String::from("<header><div><h1>Changelogs</h1><p>What is new, project by project</p></div></header>\n");
    body.push_str("<ul class=\"projects\">\n");
    for (project, newest) in projects {
        let (id, name) = (escape(&project.id), escape(&project.name));
        add(&mut body, format_args!("<li><a href=\"/{id}\"><strong>{name}</strong>"));
        if let Some(entry) = newest {
            let (title, date) = (escape(&entry.title), published(entry, "%-d %b %Y"));
            add(&mut body, format_args!("<span>{title}</span><time>{date}</time>"));
        }
        body.push_str("</a></li>\n");
    }
    body.push_str("</ul>\n");
    if projects.is_empty() {
        body.push_str("<p class=\"nothing\">Nothing is public yet.</p>\n");
    }
    whole("Changelogs", "", &body)
}

/// When an entry was published.
fn published(entry: &ChangelogEntry, format: &str) -> String {
    entry.published_at.map_or_else(String::new, |moment| moment.strftime(format).to_string())
}

/// The changelog of a project.
pub(super) fn changelog(project: &Project, entries: &[Entry], tags: &[ChangelogTag], wanted: Option<&str>) -> String {
    let (id, name) = (escape(&project.id), escape(&project.name));
    let feed = format!("/{id}/feed.xml");
    let mut body = format!(
        "<header>\n<div><h1>{name}</h1><p>What is new</p></div>\n\
         <a class=\"feed\" href=\"{feed}\"><svg viewBox=\"0 0 24 24\" aria-hidden=\"true\"><circle cx=\"6\" cy=\"18\" r=\"2.2\"/>\
         <path d=\"M4 11a9 9 0 0 1 9 9M4 4a16 16 0 0 1 16 16\"/></svg>RSS</a>\n</header>\n"
    );
    chips(&mut body, &id, tags, wanted);
    let mut month = String::new();
    for entry in entries {
        let of = published(&entry.0, "%B %Y");
        if of != month {
            add(&mut body, format_args!("<h2>{of}</h2>\n"));
            month = of;
        }
        article(&mut body, entry);
    }
    if entries.is_empty() {
        body.push_str("<p class=\"nothing\">Nothing yet.</p>\n");
    }
    let link = format!("<link rel=\"alternate\" type=\"application/rss+xml\" title=\"{name}\" href=\"{feed}\">\n");
    whole(&name, &link, &body)
}

fn chips(body: &mut String, id: &str, tags: &[ChangelogTag], wanted: Option<&str>) {
    let current = |is: bool| if is { " aria-current=\"page\"" } else { "" };
    add(body, format_args!("<nav>\n<a href=\"/{id}\"{}>Everything</a>\n", current(wanted.is_none())));
    for tag in tags {
        let (name, mark) = (escape(&tag.name), current(wanted == Some(tag.name.as_str())));
        add(body, format_args!("<a href=\"/{id}?tag={}\"{mark}{}>{name}</a>\n", in_query(&tag.name), color(tag)));
    }
    body.push_str("</nav>\n");
}

fn article(body: &mut String, (entry, tags): &Entry) {
    let (id, title) = (escape(&entry.id), escape(&entry.title));
    let (date, shown) = (published(entry, "%Y-%m-%d"), published(entry, "%-d %b"));
    add(body, format_args!("<article id=\"{id}\">\n<aside><time datetime=\"{date}\">{shown}</time>"));
    if let Some(version) = &entry.version {
        add(body, format_args!("<span class=\"version\">{}</span>", escape(version)));
    }
    add(
        body,
        format_args!("</aside>\n<div class=\"card\">\n<h3><a href=\"#{id}\">{title}</a></h3>\n<p class=\"tags\">"),
    );
    for tag in tags {
        add(body, format_args!("<span{}>{}</span>", color(tag), escape(&tag.name)));
    }
    add(body, format_args!("</p>\n{}</div>\n</article>\n", html(&entry.content)));
}

/// A tag's color, when it is one: `#` and six digits.
fn color(tag: &ChangelogTag) -> String {
    match tag.color.as_deref() {
        Some(color)
            if color.len() == 7 && color.starts_with('#') && color[1..].bytes().all(|b| b.is_ascii_hexdigit()) =>
        {
            format!(" style=\"--tag: {color}\"")
        }
        Some(_) | None => String::new(),
    }
}

/// Text as a value in a URL.
fn in_query(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' => char::from(byte).to_string(),
        other => format!("%{other:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn whole(title: &str, head: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title}</title>\n{head}\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main>\n{body}</main>\n</body>\n</html>\n"
    )
}
