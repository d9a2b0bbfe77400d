//! Names for fields that are added: `BlogPost` becomes `blogPost` and `blogPosts`.
//!
//! The rules are those of the reference, down to its words without a plural; they know small letters only.

/// The name with a small first letter and without separators.
pub(crate) fn camel_case(name: &str) -> String {
    let name = name.trim_matches(|character: char| !character.is_alphanumeric());
    let mut out = String::with_capacity(name.len());
    let (mut new_word, mut after_small) = (false, false);
    for character in name.chars() {
        if !character.is_alphanumeric() {
            new_word = true;
        } else if character.is_numeric() {
            out.push(character);
            new_word = true;
        } else if new_word || (after_small && character.is_uppercase()) {
            // A run of capitals behind a small letter stays as it is.
            out.push(character.to_ascii_uppercase());
            new_word = false;
        } else {
            out.push(character.to_ascii_lowercase());
            after_small = character.is_lowercase();
        }
    }
    out
}

/// Whole words whose plural follows no rule.
const IRREGULAR: [(&str, &str); 10] = [
    ("die", "dice"),
    ("eave", "eaves"),
    ("foot", "feet"),
    ("goose", "geese"),
    ("man", "men"),
    ("ox", "oxen"),
    ("quiz", "quizzes"),
    ("tooth", "teeth"),
    ("woman", "women"),
    ("yes", "yeses"),
];

/// Words that are their own plural though a rule would change them: what the reference answers when it is asked for every
/// word of a dictionary (64,000 words).
const UNCOUNTABLE: &str = "\
    accommodation adulthood advertising advice aggression aid air aircraft alcohol anger applause arithmetic \
    assistance bacon baggage beef biology blood botany bread butter carbon cardboard cash chalk chess \
    countryside dancing deer dignity dirt dust education electricity engineering enjoyment envy equipment \
    evidence evolution fame fiction flour flu food fuel fun furniture garbage garlic gold golf gossip grammar \
    gratitude grief guilt happiness hardware harm hate hatred health heat help homework honesty honey \
    hospitality housework humour hunger hydrogen ice importance inflation information innocence iron irony \
    jam jewelry judo karate knowledge lack laughter lava leather leisure lightning linguine linguini \
    literature litter livestock logic loneliness luck luggage macaroni machinery magic management mankind \
    marble mayonnaise methane milk money mud music nature nitrogen nonsense nurture nutrition obedience \
    obesity oxygen pasta patience poetry pollution poverty pride psychology publicity punctuation quartz \
    racism relaxation reliability research respect revenge rice rubbish rum safety scenery seafood seaside \
    shame sheep shopping sleep smoke smoking snow soap software soil spaghetti steam stuff stupidity sunshine \
    symmetry thirst thunder timber traffic transportation trust underwear unemployment unity validity veal \
    vegetarianism vegetation vengeance violence vitality warmth wealth weather welfare wheat wildlife wisdom \
    yoga zinc zoology";

/// What a word ends in, of these stems and endings, and what the ending becomes. The first row that fits counts. In a
/// stem `[..]` is one of several letters and `[^..]` any other one.
const RULES: [(&[&str], &[&str], &str); 24] = [
    (&["eaux"], &[""], ""),
    (&["child"], &["", "ren"], "ren"),
    (&["pe"], &["rson", "ople"], "ople"),
    (&["m", "l"], &["ice", "ouse"], "ice"),
    (&["append", "cod", "ind", "matr", "mur", "sil", "vert"], &["ix", "ex"], "ices"),
    (&["x", "ch", "ss", "sh", "zz"], &[""], "es"),
    (&["x", "ch", "ss", "sh", "zz"], &["es"], "es"),
    (&["[^ch][ieo][ln]"], &["ey"], "ies"),
    (&["[^aeiouy]", "qu"], &["y"], "ies"),
    (&["ar", "l", "ea", "eo", "oa", "hoo"], &["f"], "ves"),
    (&["kni", "wi", "li"], &["fe"], "ves"),
    (&[""], &["sis"], "ses"),
    (
        &[
            "apheli",
            "asyndet",
            "automat",
            "criteri",
            "hedr",
            "hyperbat",
            "noumen",
            "organ",
            "periheli",
            "phenomen",
            "prolegomen",
        ],
        &["a", "on"],
        "a",
    ),
    (
        &[
            "addend",
            "agend",
            "automat",
            "bacteri",
            "candelabr",
            "curricul",
            "dat",
            "desiderat",
            "errat",
            "extrem",
            "millenni",
            "ov",
            "quor",
            "strat",
            "symposi",
        ],
        &["a", "um"],
        "a",
    ),
    (&["her", "at", "gr"], &["o"], "oes"),
    (&["seraph", "cherub"], &["", "im"], "im"),
    (&["alumn", "alg", "vertebr"], &["a", "ae"], "ae"),
    (
        &[
            "alumn", "bacill", "cact", "foc", "fung", "loc", "nucle", "octop", "radi", "stimul", "strat", "syllab",
            "termin", "uter", "vir",
        ],
        &["us", "i"],
        "i",
    ),
    (&["[^l]ias", "[aeiou]las", "[emjzr]as", "[iu]am"], &[""], ""),
    (&["e[mn]u"], &["", "s"], "s"),
    (&["alias", "[^aou]us", "tlas", "gas", "ris"], &[""], "es"),
    (&["ax", "test"], &["is"], "es"),
    (&["[^aeiou]ese"], &[""], ""),
    (&[""], &["s"], "s"),
];

/// The plural of an English noun in camel case.
pub(crate) fn plural(word: &str) -> String {
    if UNCOUNTABLE.split_whitespace().any(|known| known == word) {
        return word.to_owned();
    }
    by_rule(word)
}

fn by_rule(word: &str) -> String {
    if let Some((_, plural)) = IRREGULAR.iter().find(|(singular, _)| *singular == word) {
        return (*plural).to_owned();
    }
    for (stems, endings, plural) in RULES {
        for stem in endings.iter().filter_map(|ending| word.strip_suffix(ending)) {
            if stems.iter().any(|known| ends_with(stem, known)) {
                return format!("{stem}{plural}");
            }
        }
    }
    format!("{word}s")
}

/// True when a word ends in a stem of [`RULES`].
fn ends_with(word: &str, stem: &str) -> bool {
    let (mut letters, mut rest) = (word.chars().rev(), stem);
    while let Some(last) = rest.chars().next_back() {
        let Some(letter) = letters.next() else { return false };
        let fits = match rest.strip_suffix(']').and_then(|class| class.rsplit_once('[')) {
            Some((before, class)) => {
                rest = before;
                match class.strip_prefix('^') {
                    Some(others) => !others.contains(letter),
                    None => class.contains(letter),
                }
            }
            None => {
                rest = &rest[..rest.len() - last.len_utf8()];
                last == letter
            }
        };
        if !fits {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_word_is_listed_that_the_rules_explain() {
        for word in UNCOUNTABLE.split_whitespace() {
            assert_ne!(by_rule(word), word);
        }
    }

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
            ("FooData", "fooData", "fooDatas"),
            ("FooADDRESS", "fooADDRESS", "fooADDRESSs"),
            ("Mouse", "mouse", "mice"),
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
