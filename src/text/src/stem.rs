//! Light stemming: the inflected forms of a word get one stem, derived words ("flytning" of "flytte") keep their own.
//!
//! Made for the canonical ASCII spelling, where Snowball's Danish rules cannot tell "oe" the letter from "o" + "e".
//! A stem is a key for comparing, not a word to show: "adressen" and "adresse" give "adres".

use crate::{Language, table};
use alloc::borrow::ToOwned as _;
use alloc::string::String;

/// Danish forms that no rule reaches, each with its stem.
const DANISH: &str = "\
aabent=aaben aabn=aaben aabne=aaben aabnede=aaben aabnende=aaben aabner=aaben aabnes=aaben aabnet=aaben \
aeldst=aeld aeldste=aeld aender=and aenderne=and afdoede=afdoed aflevere=aflever afleverer=aflever \
afleveret=aflever afvist=afvis afviste=afvis ansaet=ansat ansaette=ansat ansaetter=ansat anvist=anvis \
anviste=anvis bandt=bind bedre=god bedst=god bedste=god bedt=bed bestemt=bestem bestemte=bestem bevist=bevis \
billede=billed blev=bliv blevet=bliv bliver=bliv boede=bo boeger=bog boegerne=bog boende=bo boender=bond \
boenderne=bond boern=barn boerne=barn boernene=barn boerns=barn boet=bo bonde=bond bor=bo bragt=bring \
bragte=bring broed=bryd broedre=bror broedrene=bror brudt=bryd bundet=bind dage=dag datter=datt delt=del \
delte=del doede=doed doedt=doed doetre=datt doetrene=datt drak=drik drukket=drik dyrt=dyr faaet=faa faar=faa \
faas=faa faderen=far faedre=far faedrene=far fandt=find fik=faa findes=find floej=flyv floejet=flyv foedder=fod \
foedderne=fod foraelder=foraeld foraeldre=foraeld fremmede=fremmed fremsendt=fremsend frit=fri fulgt=foelg \
fulgte=foelg fundet=find gaaet=gaa gaar=gaa gaesten=gaest gaester=gaest gav=giv gik=gaa give=giv giver=giv \
gives=giv givet=giv gjorde=goer gjort=goer goeres=goer haender=haand haenderne=haand haft=ha har=ha havde=ha \
have=hav haven=hav haver=hav haverne=hav haves=hav hejsa=hej hjaelpes=hjaelp hjalp=hjaelp hjemme=hjem \
hjulpet=hjaelp holdt=hold huset=hus inde=ind internt=intern koeer=ko koeerne=ko koen=ko kraefter=kraft \
kraefterne=kraft kunne=kan kunnet=kan laa=lig laant=laan laante=laan ladet=lad laegge=laeg laegger=laeg \
laengere=lang laengst=lang laest=laes laeste=laes lagde=laeg lagt=laeg lejligheder=lejlighed levere=lever \
leverede=lever leverer=lever leveret=lever ligge=lig ligger=lig ligget=lig lille=lil lod=lad maaneder=maaned \
maatte=maa maattet=maa maend=mand maendene=mand moderen=mor moedre=mor moedrene=mor naaede=naa naaet=naa \
naetter=nat naetterne=nat nede=ned nye=ny nyere=ny nyest=ny nyeste=ny nyt=ny oeje=oej oejne=oej oejnene=oej \
oppe=op oprettet=opret parkere=parker parkerede=parker parkerer=parker parkeres=parker parkeret=parker \
parrene=par parret=par registrere=regist registrerer=regist registreret=regist rejst=rejs rejste=rejs \
ringede=ring ringet=ring roedder=rod roedderne=rod ruten=rut sad=sid sagde=sig sagt=sig satte=saet senere=sen \
senest=sen ser=se ses=se set=se siddet=sid sige=sig siger=sig siges=sig sker=ske sket=ske skete=ske \
skilte=skilt skoen=sko skoene=sko skrev=skriv skrevet=skriv skriver=skriv skrives=skriv skulle=skal \
skullet=skal slaaet=slaa slaar=slaa slog=slaa smaa=lil solgt=saelg solgte=saelg solgtes=saelg sortere=sorter \
sorterer=sorter sorteres=sorter sorteret=sorter sovet=sov spurgt=spoerg spurgte=spoerg staaet=staa staar=staa \
staeder=stad staederne=stad stjaalen=stjael stjaalet=stjael stjaalne=stjael stjal=stjael stod=staa stoerre=stor \
stoerst=stor stoerste=stor stort=stor studere=studer studerede=studer studerende=studer studerer=studer \
studeret=studer svarede=svar sygt=syg taender=tand taenderne=tand tages=tag talt=tal talte=tal tar=tag \
tjent=tjen tjente=tjen toejet=toej tog=tag trak=traek troede=tro troet=tro tror=tro trukket=traek ude=ud \
vaere=vaer vaeret=vaer vaerten=vaert vaerter=vaert valgt=vaelg valgte=vaelg var=vaer veje=vej vidst=vid \
vidste=vid ville=vil villet=vil vist=vis viste=vis";

/// Danish plurals with a changed vowel that also end compounds ("laaneboeger"), each with its singular.
const DANISH_TAILS: [(&str, &str); 7] = [
    ("boeg", "bog"),
    ("boern", "barn"),
    ("maend", "mand"),
    ("billede", "billed"),
    ("taender", "tand"),
    ("haender", "haand"),
    ("kraefter", "kraft"),
];

/// English forms that no rule reaches, each with its stem.
const ENGLISH: &str = "\
are=be been=be bought=buy broke=break broken=break brought=bring buses=bus children=child childrens=child \
chose=choose chosen=choose did=do does=do done=do dying=die feet=foot found=find gave=give given=give goes=go \
gone=go got=get gotten=get had=have has=have kept=keep knew=know known=know left=leave lives=life lost=lose \
made=make men=man paid=pay people=person said=say saw=see seen=see sent=send sold=sell spoke=speak spoken=speak \
stole=steal stolen=steal taken=take taxes=tax teeth=tooth told=tell took=take was=be went=go were=be wives=wife \
women=woman written=write wrote=write";

/// The stem of `word`, a canonical word, in `language`.
///
/// Words of other scripts, numbers, words of one or two letters and [`Language::Other`] come back as they are. The
/// stem of a stem is itself. Never empty; at least 2 letters. Danish and German undo inflection of nouns, verbs and
/// adjectives; English undoes plural, -ing, -ed and -ly.
pub fn stem(word: &str, language: Language) -> String {
    let mut word = word.to_owned();
    if word.bytes().any(|b| !b.is_ascii_lowercase()) {
        return word;
    }
    let step = match language {
        Language::Danish => danish,
        Language::English => english,
        Language::German => german,
        Language::Other => return word,
    };
    // To the fixed point, so that stemming twice is stemming once. Each round shortens the word or names a table's
    // stem, which no table names again; the bound is for a mistake in a table.
    for _ in 0..8 {
        if word.len() < 3 || !step(&mut word) {
            break;
        }
    }
    word
}

/// One round of Danish; whether it changed the word.
fn danish(word: &mut String) -> bool {
    if let Some(stem) = table::lookup(DANISH, word) {
        return replace(word, 0, stem);
    }
    for (tail, stem) in DANISH_TAILS {
        if word.len() >= tail.len() + 3 && word.ends_with(tail) {
            let at = word.len() - tail.len();
            return replace(word, at, stem);
        }
    }
    // Endings, longest first. "e" after "o" or "a" usually belongs to a Danish letter: see `cut`.
    let cuts = [
        "ernes", "enes", "erne", "eren", "ens", "ets", "ene", "ere", "ers",
    ];
    if cuts.iter().any(|ending| cut(word, ending, 2))
        || danish_verb(word)
        || danish_adjective(word)
        || ["er", "en", "et"].iter().any(|ending| cut(word, ending, 2))
        || danish_s(word)
        || (word.len() >= 8
            && ["oerne", "aerne", "oerene"]
                .iter()
                .any(|e| word.ends_with(e))
            && cut(word, "ne", 4))
        || cut(word, "e", 2)
    {
        return true;
    }
    danish_consonants(word)
}

/// Past tense and participles.
fn danish_verb(word: &mut String) -> bool {
    if word.ends_with("ende") && ends_before(word, 4, b"ldrgbmtpjo") && cut(word, "ende", 3) {
        return true;
    }
    if cut(word, "ede", 3) {
        return true;
    }
    let cut_t = |base: &str| {
        let long = |tail: &str, least: usize| base.ends_with(tail) && base.len() >= least;
        base.ends_with('b')
            || (base.ends_with('d') && base.len() >= 3)
            || (base.ends_with('m') && base.len() >= 3)
            || long("l", 4)
            || ["oeg", "rug", "oer", "aer", "nk", "tjen"]
                .iter()
                .any(|tail| long(tail, 3))
    };
    for ending in ["te", "t"] {
        if let Some(base) = word.strip_suffix(ending)
            && cut_t(base)
        {
            return cut(word, ending, 3);
        }
    }
    false
}

/// Neuter and superlative of adjectives.
fn danish_adjective(word: &mut String) -> bool {
    if cut(word, "este", 3) {
        return true;
    }
    if word.ends_with("igst") || word.ends_with("igste") {
        return cut_plain(word, "ste", 4) || cut_plain(word, "st", 4);
    }
    let noun = ["sigt", "pligt", "svigt"]
        .iter()
        .any(|tail| word.ends_with(tail));
    word.len() >= 6
        && ["igt", "bart", "loest", "iskt"]
            .iter()
            .any(|t| word.ends_with(t))
        && !noun
        && cut(word, "t", 4)
}

/// Genitive, passive and linking "s".
fn danish_s(word: &mut String) -> bool {
    let whole = [
        "els", "plads", "kurs", "kreds", "rejs", "dans", "lens", "cens", "hals",
    ];
    if !word.ends_with('s') || word.len() < 4 || whole.iter().any(|tail| word.ends_with(tail)) {
        return false;
    }
    if word.ends_with("es") {
        return word.len() >= 6 && cut(word, "es", 4);
    }
    ends_before(word, 1, b"bdfghjkmnlprtv") && cut(word, "s", 3)
}

/// What is left at the end of a stem: double letters, "cykel" beside "cykl-er", "numr-e" beside "nummer".
fn danish_consonants(word: &mut String) -> bool {
    let bytes = word.as_bytes();
    let n = bytes.len();
    let consonant = |b: u8| !is_vowel(b);
    if n >= 3 && bytes[n - 1] == bytes[n - 2] && consonant(bytes[n - 1]) {
        word.truncate(n - 1);
        return true;
    }
    if n >= 4
        && bytes[n - 1] == b'r'
        && consonant(bytes[n - 2])
        && bytes[n - 2] != b'j'
        && has_vowel(&bytes[..n - 1])
    {
        word.truncate(n - 1);
        return true;
    }
    if n >= 5 && word.ends_with("el") && consonant(bytes[n - 3]) && has_vowel(&bytes[..n - 2]) {
        let double = bytes[n - 3] == bytes[n - 4];
        return replace(word, n - 2 - usize::from(double), "l");
    }
    false
}

/// One round of English; whether it changed the word.
fn english(word: &mut String) -> bool {
    if let Some(stem) = table::lookup(ENGLISH, word) {
        return replace(word, 0, stem);
    }
    let n = word.len();
    if word.ends_with("ies") && n > 4 {
        return replace(word, n - 3, "i");
    }
    if ["sses", "xes", "ches", "shes"]
        .iter()
        .any(|tail| word.ends_with(tail))
        && n > 4
    {
        return replace(word, n - 2, "");
    }
    if word.ends_with('s') && n > 3 && !ends_before(word, 1, b"sui") {
        return replace(word, n - 1, "");
    }
    let uncut = ["eed", "ply", "mily", "only"];
    for ending in ["ing", "ed", "ly"] {
        if n > ending.len() + 2
            && word.ends_with(ending)
            && !uncut.iter().any(|tail| word.ends_with(tail))
            && cut_plain(word, ending, 3)
        {
            return true;
        }
    }
    let bytes = word.as_bytes();
    if n > 3 && bytes[n - 1] == bytes[n - 2] && !b"aeioulsz".contains(&bytes[n - 1]) {
        return replace(word, n - 1, "");
    }
    if n > 3 && word.ends_with('e') && !word.ends_with("ee") {
        return cut_plain(word, "e", 3);
    }
    n > 3
        && word.ends_with('y')
        && ends_before(word, 1, b"bcdfghklmnprstvz")
        && replace(word, n - 1, "i")
}

/// One round of German: endings of nouns, verbs and adjectives, lightly.
fn german(word: &mut String) -> bool {
    ["ern", "en", "er", "es", "em", "e", "s"]
        .iter()
        .any(|ending| cut_plain(word, ending, 4))
}

/// Cuts `ending` where at least `least` letters with a vowel stay, and where it does not tear a Danish letter.
fn cut(word: &mut String, ending: &str, least: usize) -> bool {
    let Some(base) = word.strip_suffix(ending) else {
        return false;
    };
    let tears = ending.starts_with('e')
        && match base.as_bytes() {
            [.., b'a', b'a'] | [.., b'i' | b'e', b'o'] => false, // "raa-et", "radio-en"
            [.., b'a' | b'o'] => true,
            _ => false,
        };
    !tears && cut_plain(word, ending, least)
}

fn cut_plain(word: &mut String, ending: &str, least: usize) -> bool {
    match word.strip_suffix(ending) {
        Some(base) if base.len() >= least && has_vowel(base.as_bytes()) => {
            word.truncate(word.len() - ending.len());
            true
        }
        _ => false,
    }
}

/// Replaces everything from `at` by `tail`; whether that changed the word.
fn replace(word: &mut String, at: usize, tail: &str) -> bool {
    if word.get(at..) == Some(tail) {
        return false;
    }
    word.truncate(at);
    word.push_str(tail);
    true
}

/// Whether the letter before the last `count` letters is one of `letters`.
fn ends_before(word: &str, count: usize, letters: &[u8]) -> bool {
    let before = word
        .len()
        .checked_sub(count + 1)
        .map(|at| word.as_bytes()[at]);
    before.is_some_and(|b| letters.contains(&b))
}

fn has_vowel(bytes: &[u8]) -> bool {
    bytes.iter().any(|&b| is_vowel(b))
}

fn is_vowel(b: u8) -> bool {
    b"aeiouy".contains(&b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_sorted() {
        assert!(table::is_sorted(DANISH));
        assert!(table::is_sorted(ENGLISH));
    }

    #[test]
    fn every_irregular_form_meets_its_stem() {
        for (list, language) in [(DANISH, Language::Danish), (ENGLISH, Language::English)] {
            for entry in list.split(' ') {
                let (form, lemma) = entry.split_once('=').unwrap_or_default();
                assert_eq!(stem(form, language), stem(lemma, language), "{form}");
            }
        }
    }
}
