//! The page as text.

use std::fmt::{Display, Write};

use crate::ranking::{Standing, Totals, by_class, by_grade};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The whole page around a ranking.
pub(super) fn whole(ranking: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Laps</title>\n\
         <style>\n{STYLE}</style>\n</head>\n<body>\n<main id=\"ranking\">\n{ranking}</main>\n\
         <script>\n{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

/// What changes: totals, the first three, everybody, classes and grades.
pub(super) fn ranking(standings: &[Standing]) -> String {
    let mut html = String::new();
    header(&mut html, standings);
    if standings.is_empty() {
        html.push_str("<p class=\"nothing\">Nobody has been entered yet.</p>\n");
        return html;
    }
    podium(&mut html, standings);
    html.push_str("<div class=\"columns\">\n");
    everybody(&mut html, standings);
    html.push_str("<aside>\n");
    totals(&mut html, "Classes", &by_class(standings));
    let grades = by_grade(standings).into_iter().map(|(grade, laps)| (format!("Grade {grade}"), laps)).collect();
    totals(&mut html, "Grades", &grades);
    html.push_str("</aside>\n</div>\n");
    html
}

fn header(html: &mut String, standings: &[Standing]) {
    let laps: i64 = standings.iter().map(|standing| standing.laps).sum();
    let running = standings.iter().filter(|standing| standing.laps > 0).count();
    let fastest = standings.iter().filter_map(|standing| standing.fastest).min();
    html.push_str("<header>\n<h1>Sponsored run <small>live</small></h1>\n<dl>\n");
    figure(html, "laps", laps);
    figure(html, "on the track", running);
    figure(html, "fastest lap", time(fastest));
    html.push_str("</dl>\n</header>\n");
}

fn figure(html: &mut String, label: &str, value: impl Display) {
    add(html, format_args!("<div><dd>{value}</dd><dt>{label}</dt></div>\n"));
}

fn podium(html: &mut String, standings: &[Standing]) {
    if standings.iter().all(|standing| standing.laps == 0) {
        html.push_str("<p class=\"nothing\">Nobody has run a lap yet.</p>\n");
        return;
    }
    html.push_str("<ol class=\"podium\">\n");
    for (place, standing) in standings.iter().take(3).enumerate().filter(|(_, standing)| standing.laps > 0) {
        let Standing { name, class, laps, start_number, .. } = standing;
        let (name, class, fastest) = (escape(name), escape(class), time(standing.fastest));
        add(
            html,
            format_args!(
                "<li class=\"place{}\" style=\"view-transition-name: p{start_number}\"><span class=\"name\">{name}</span>\
                 <span class=\"class\">{class}</span><span class=\"laps\">{laps}<small>{}</small></span>\
                 <span class=\"fastest\">best {fastest}</span></li>\n",
                place + 1,
                if *laps == 1 { "lap" } else { "laps" },
            ),
        );
    }
    html.push_str("</ol>\n");
}

fn everybody(html: &mut String, standings: &[Standing]) {
    html.push_str(
        "<table>\n<thead><tr><th></th><th>No.</th><th class=\"name\">Name</th><th class=\"class\">Class</th>",
    );
    html.push_str("<th class=\"bar\"></th><th>Laps</th><th>Best</th></tr></thead>\n<tbody>\n");
    let most = standings.iter().map(|standing| standing.laps).max().unwrap_or(0).max(1);
    for (place, standing) in standings.iter().enumerate() {
        let Standing { start_number, laps, .. } = standing;
        let (name, class, fastest) = (escape(&standing.name), escape(&standing.class), time(standing.fastest));
        let share = laps * 100 / most;
        add(
            html,
            format_args!(
                "<tr style=\"view-transition-name: s{start_number}\"><td class=\"place\">{}</td><td>{start_number}</td>\
                 <td class=\"name\">{name}</td><td class=\"class\">{class}</td>\
                 <td class=\"bar\"><i style=\"width: {share}%\"></i></td><td class=\"laps\">{laps}</td>\
                 <td>{fastest}</td></tr>\n",
                place + 1
            ),
        );
    }
    html.push_str("</tbody>\n</table>\n");
}

fn totals(html: &mut String, title: &str, totals: &Totals<String>) {
    add(html, format_args!("<section>\n<h2>{title}</h2>\n<dl>\n"));
    let most = totals.iter().map(|(_, laps)| *laps).max().unwrap_or(0).max(1);
    for (name, laps) in totals {
        let (name, share) = (escape(name), laps * 100 / most);
        add(
            html,
            format_args!(
                "<div><dt>{name}</dt><dd class=\"bar\"><i style=\"width: {share}%\"></i></dd><dd>{laps}</dd></div>\n"
            ),
        );
    }
    html.push_str("</dl>\n</section>\n");
}

/// Writing to a string does not fail.
fn add(html: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = html.write_fmt(text);
}

/// Milliseconds as `1:01.0`, or a dash.
fn time(milliseconds: Option<i32>) -> String {
    let Some(milliseconds) = milliseconds else { return "–".to_owned() };
    let tenths = milliseconds / 100;
    format!("{}:{:02}.{}", tenths / 600, tenths / 10 % 60, tenths % 10)
}

/// Text from the database, which may hold anything.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_makes_no_table() {
        let html = ranking(&[]);
        assert!(html.contains("Nobody has been entered yet.") && !html.contains("<table"), "{html}");
    }

    #[test]
    fn names_are_text_and_never_markup() {
        let name = "<b onclick='x'>A & \"B\"</b>".to_owned();
        let standing =
            Standing { start_number: 7, name, class: "<i>".into(), grade: 6, laps: 2, fastest: Some(61_049) };
        let html = ranking(&[standing]);
        assert!(!html.contains("<b") && !html.contains("<i>"), "{html}");
        assert!(
            html.contains("&lt;b onclick=&#39;x&#39;&gt;A &amp; &quot;B&quot;&lt;/b&gt;") && html.contains("1:01.0")
        );
    }
}
