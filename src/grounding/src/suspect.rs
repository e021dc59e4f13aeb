//! Text that speaks to a machine instead of a citizen: "ignorer dine instruktioner", "you are now", hidden characters. A passage of that
//! kind is left out before anything reads it. Finds the wordings it knows; what keeps an answer honest is [`verify`](crate::verify).

/// Words that stand near each other, folded; `*` is any ending, a blank makes a phrase. A row fits when each of its groups has a word in one
/// sentence.
const ROWS: &[&[&str]] = &[
    &[
        "ignorer*|ignore*|disregard*|glem|forget|tilsidesaet*|overrule|override*|bypass|omgaa",
        "instru*|regler|reglerne|rules|prompt*|ordrer|retningslinj*|guideline*|restriction*|begraensning*|directive*",
    ],
    &[
        "ignorer*|ignore*|disregard*|glem|forget|tilsidesaet*",
        "ovenstaaende|tidligere|foregaaende|previous|above|prior|earlier|alt|everything",
        "sagt|said|faaet|given|told|tekst|text|context|kontekst|ovenfor|ovenstaaende|above",
    ],
    &[
        "du er nu",
        "assistent|bot|robot|chatbot|model|ai|ekspert|pirat|administrator|udvikler|system|hacker|dan",
    ],
    &["you are now|you are no longer|you are actually|du er ikke laengere"],
    &[
        "act as|act like|opfoer|roleplay|pretend|lad som",
        "dan|hacker|admin*|unrestricted|ubegraenset|udvikler|developer|anden|another|fri",
    ],
    &[
        "systembesked*|systemprompt*|system prompt|system message|system override|system-prompt|system:",
    ],
    &[
        "udviklertilstand|jailbreak*|jailbroken|developer mode|dan-mode|sudo|prompt-injection|promptinjection",
    ],
    &[
        "afsloer*|reveal|print|udskriv|gentag|repeat|vis|show|output|skriv|udlever*",
        "prompt*|dine instru*|your instru*|hemmelig noegle|hemmelige noegle|secret key|secret|hemmelige instru*|adgangskode|konfiguration|configuration",
    ],
    &[
        "svar|respond|reply|answer|skriv|write|sig|say|output|udskriv|begynd|begin|start|slut|afslut|end",
        "altid|always|kun|only|hvert|every",
        "ordet|word|saetningen|sentence|linket|koden|svaret|reply|response",
    ],
    &[
        "always|only|altid|kun",
        "respond|reply|svar|output",
        "with|med",
    ],
    &[
        "assistenten|assistant|chatbotten|chatbot|sprogmodel*|language model|ai|ai-model*|llm|modellen|botten|robotten",
        "skal|must|should|bedes|please|ordered|instrueres|beordres|shall",
    ],
    &[
        "note|besked|message|attention|obs|vigtigt|important|kaere|dear",
        "ai|llm|sprogmodel*|chatbot*|language model|assistenten|assistant|modellen|model|gpt|chatgpt",
    ],
    &[
        "naar|when|hvis|if",
        "assistenten|assistant|chatbot*|sprogmodel*|language model|ai|llm|botten|modellen",
        "laeser|reads|ser|sees|svarer|answers|opsummerer|summari*",
    ],
    &[
        "inkluder*|include|tilfoej*|append|indsaet*|insert|embed|indlejr|vis|display|render|load|hent|fetch",
        "markdown|html|img|iframe|script|scriptet|javascript|pixel|image|url'en|webhook",
    ],
    &[
        "call|invoke|kald",
        "function*|funktion*|tool|tools|vaerktoej*",
    ],
    &[
        "execute|eksekver*|koer|run this|run the|udfoer",
        "kommando*|command*|script|sql|shell|code|koden",
    ],
    &[
        "begin|start|end|slut|new|nye|ny",
        "instruktion*|instructions|system",
    ],
    &[
        "fra nu af|from now on|herefter|henceforth|fremover",
        "svar*|answer*|respond*|sig|say|skriv*|write",
    ],
    &[
        "uden|without|not|undlad|skip|omit|drop|fjern|udelad",
        "kildehenvisning*|kilder|citation|citations|citat|citater|cite|references|henvisninger|filtre|filters|moderation",
    ],
    &[
        "fortael|tell|naevn|mention|bevar|keep",
        "aldrig|never|hemmelig*|secret|skjul*|hide",
        "instru*|besked|message|prompt",
    ],
];

/// How conversations with models are written down.
const MARKS: &[&str] = &[
    "<|",
    "[inst]",
    "[/inst]",
    "<<sys",
    "<start_of_turn",
    "<end_of_turn",
    "assistant:",
    "user:",
    "human:",
    "### instru",
    "### ny",
    "### system",
];

/// Characters that are not seen: zero width, direction, tags, variation beyond emoji, soft hyphen.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
        || (c.is_control() && c != '\n')
}

/// The text as it is seen. Line ends stay, other control characters become blanks.
pub(crate) fn without_hidden(text: &str) -> String {
    let seen = text.chars().filter_map(|c| match c {
        '\t' | '\r' => Some(' '),
        c if is_hidden(c) => None,
        c => Some(c),
    });
    seen.collect()
}

/// Whether a text speaks to a machine in one of the known wordings.
pub fn is_suspect(text: &str) -> bool {
    let folded = text::fold(&without_hidden(text));
    if MARKS.iter().any(|mark| folded.contains(mark)) {
        return true;
    }
    let lines = folded.replace(". ", "\n");
    lines.split(['\n', '!', '?', ';']).any(|sentence| {
        let words: Vec<&str> = sentence
            .split(|c: char| c.is_whitespace() || matches!(c, ',' | '(' | ')' | '"' | '*' | '`'))
            .map(|w| w.trim_matches(['\'', '“', '”', '»', '«']))
            .filter(|w| !w.is_empty())
            .collect();
        !words.is_empty()
            && ROWS
                .iter()
                .any(|row| row.iter().all(|group| has(group, sentence, &words)))
    })
}

fn has(group: &str, sentence: &str, words: &[&str]) -> bool {
    group.split('|').any(|one| match one.strip_suffix('*') {
        _ if one.contains(' ') => sentence.contains(one.trim_end_matches('*')),
        Some(begin) => words.iter().any(|w| w.starts_with(begin)),
        None => words
            .iter()
            .any(|w| *w == one || w.trim_end_matches(':') == one),
    })
}
