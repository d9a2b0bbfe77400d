//! Names for fields that are added: `BlogPost` becomes `blogPost` and `blogPosts`.

/// The name with a small first letter and without separators.
pub(crate) fn camel_case(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    let mut new_word = false;
    let mut after_small = false;
    for character in name.chars() {
        if matches!(character, '_' | '-' | ' ') {
            new_word = !out.is_empty();
            continue;
        }
        if character.is_ascii_digit() {
            out.push(character);
            new_word = true;
        } else if new_word || (after_small && character.is_uppercase()) {
            out.push(character.to_ascii_uppercase());
            new_word = false;
        } else {
            out.push(character.to_ascii_lowercase());
        }
        after_small = character.is_lowercase();
    }
    out
}

/// Whole words whose plural follows no rule.
const IRREGULAR: [(&str, &str); 34] = [
    ("anathema", "anathemata"),
    ("axe", "axes"),
    ("canvas", "canvases"),
    ("carve", "carves"),
    ("die", "dice"),
    ("dingo", "dingoes"),
    ("dogma", "dogmata"),
    ("eave", "eaves"),
    ("echo", "echoes"),
    ("foot", "feet"),
    ("genus", "genera"),
    ("goose", "geese"),
    ("groove", "grooves"),
    ("he", "they"),
    ("human", "humans"),
    ("lemma", "lemmata"),
    ("looey", "looies"),
    ("ox", "oxen"),
    ("passerby", "passersby"),
    ("pickaxe", "pickaxes"),
    ("proof", "proofs"),
    ("quiz", "quizzes"),
    ("schema", "schemata"),
    ("stigma", "stigmata"),
    ("stoma", "stomata"),
    ("that", "those"),
    ("thief", "thieves"),
    ("this", "these"),
    ("tooth", "teeth"),
    ("tornado", "tornadoes"),
    ("torpedo", "torpedoes"),
    ("valve", "valves"),
    ("volcano", "volcanoes"),
    ("yes", "yeses"),
];

/// Words that are their own plural.
const UNCOUNTABLE: [&str; 34] = [
    "advice",
    "agenda",
    "aid",
    "aircraft",
    "audio",
    "bison",
    "cash",
    "chess",
    "content",
    "corps",
    "deer",
    "education",
    "electricity",
    "equipment",
    "firmware",
    "fish",
    "furniture",
    "garbage",
    "hardware",
    "health",
    "homework",
    "information",
    "justice",
    "knowledge",
    "love",
    "luggage",
    "machinery",
    "mail",
    "media",
    "money",
    "music",
    "news",
    "series",
    "species",
];

const MORE_UNCOUNTABLE: [&str; 12] = [
    "police",
    "pollution",
    "premises",
    "rain",
    "research",
    "rice",
    "sheep",
    "shopping",
    "software",
    "staff",
    "traffic",
    "transportation",
];

/// Stems with their singular and plural endings: `ind` + `ex` becomes `ind` + `ices`.
const STEMS: [(&[&str], &[&str], &str); 6] = [
    (&["matr", "cod", "mur", "sil", "vert", "ind", "append"], &["ix", "ex"], "ices"),
    (
        &[
            "alumn", "syllab", "vir", "radi", "nucle", "fung", "cact", "stimul", "termin", "bacill", "foc", "uter",
            "loc", "strat",
        ],
        &["us", "i"],
        "i",
    ),
    (&["alumn", "alg", "vertebr"], &["ae", "a"], "ae"),
    (
        &[
            "agend",
            "addend",
            "millenni",
            "dat",
            "extrem",
            "bacteri",
            "desiderat",
            "strat",
            "candelabr",
            "errat",
            "ov",
            "symposi",
            "curricul",
            "automat",
            "quor",
        ],
        &["um", "a"],
        "a",
    ),
    (
        &[
            "apheli",
            "hyperbat",
            "periheli",
            "asyndet",
            "noumen",
            "phenomen",
            "criteri",
            "organ",
            "prolegomen",
            "hedr",
            "automat",
        ],
        &["on", "a"],
        "a",
    ),
    (&["pe"], &["rson", "ople"], "ople"),
];

/// The plural of an English noun in camel case.
pub(crate) fn plural(word: &str) -> String {
    let lower = word.to_lowercase();
    if UNCOUNTABLE.contains(&lower.as_str()) || MORE_UNCOUNTABLE.contains(&lower.as_str()) {
        return word.to_owned();
    }
    if IRREGULAR.iter().any(|(_, plural)| *plural == lower) {
        return word.to_owned();
    }
    if let Some((_, plural)) = IRREGULAR.iter().find(|(singular, _)| *singular == lower) {
        return (*plural).to_owned();
    }
    by_ending(word, &lower)
}

fn by_ending(word: &str, lower: &str) -> String {
    // Offsets of the lower-case form hold for the word itself only where lowering keeps lengths.
    if word.len() != lower.len() || !word.ends_with(|c: char| c.is_ascii()) {
        return word.to_owned();
    }
    let cut = |length: usize, ending: &str| format!("{}{ending}", &word[..word.len() - length]);
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    if ends(&["man", "men"]) {
        return cut(3, "men");
    }
    if ends(&["eaux", "deer", "fish", "sheep", "measles", "pox"]) || lower.ends_with("children") {
        return word.to_owned();
    }
    if ends(&["child"]) {
        return cut(0, "ren");
    }
    for (stems, endings, replacement) in STEMS {
        for ending in endings {
            if let Some(stem) = lower.strip_suffix(ending)
                && stems.iter().any(|known| stem.ends_with(known))
            {
                return cut(ending.len(), replacement);
            }
        }
    }
    if ends(&["x", "ch", "ss", "sh", "zz"]) {
        return cut(0, "es");
    }
    if let Some(stem) = lower.strip_suffix('y')
        && (stem.ends_with("qu") || stem.ends_with(|c: char| !matches!(c, 'a' | 'e' | 'i' | 'o' | 'u' | 'y')))
    {
        return cut(1, "ies");
    }
    if ends(&["knife", "wife", "life"]) {
        return cut(2, "ves");
    }
    if ends(&["arf", "lf", "eaf", "eof", "oaf", "hoof"]) {
        return cut(1, "ves");
    }
    if ends(&["sis"]) {
        return cut(3, "ses");
    }
    if ends(&["hero", "ato", "gro", "alias", "tlas", "gas", "ris"]) {
        return cut(0, "es");
    }
    if let Some(stem) = lower.strip_suffix("us")
        && stem.ends_with(|c: char| !matches!(c, 'a' | 'o' | 'u'))
    {
        return cut(0, "es");
    }
    if lower.ends_with('s') { word.to_owned() } else { cut(0, "s") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_fields() {
        for (model, one, many) in [
            ("Category", "category", "categories"),
            ("Box", "box", "boxes"),
            ("Day", "day", "days"),
            ("Bus", "bus", "buses"),
            ("HTTPServer", "httpserver", "httpservers"),
            ("user_role", "userRole", "userRoles"),
            ("Users", "users", "users"),
            ("Person", "person", "people"),
            ("Child", "child", "children"),
            ("Sheep", "sheep", "sheep"),
            ("Leaf", "leaf", "leaves"),
            ("Quiz", "quiz", "quizzes"),
            ("Hero", "hero", "heroes"),
            ("Data", "data", "data"),
            ("Index", "index", "indices"),
            ("Analysis", "analysis", "analyses"),
            ("Wife", "wife", "wives"),
            ("Fez", "fez", "fezs"),
        ] {
            assert_eq!(camel_case(model), one);
            assert_eq!(plural(one), many, "{model}");
        }
    }
}
