//! Guesses the language of an utterance, so that it is stemmed and answered in the right one.
//!
//! Danish and English first: common words weigh most, then telling letter groups. Short utterances are a guess; when
//! nothing speaks against it, the answer is Danish. Norwegian and Swedish count as Danish.

use crate::{Script, Token, table};

/// The language of an utterance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub enum Language {
    /// Danish: also when unsure.
    #[default]
    Danish,
    /// English.
    English,
    /// German.
    German,
    /// Any other language, or another script.
    Other,
}

/// Common words and the languages that have them: d Danish, e English, g German, o others.
const WORDS: &str = "\
a=e aar=d about=e address=e af=d am=e an=e and=e anmelden=g any=e apply=e appointment=e are=e at=de auch=g \
auf=g aus=g barn=d be=e been=e bei=g ben=o bin=eg bir=o birth=e bitte=g blev=d bliver=d boern=d bonjour=o \
book=e bor=d brauche=g buna=o bus=d but=e can=e cant=e card=e chce=o che=o child=e children=e ciao=o city=e \
comment=o como=o could=e cuanto=o cum=o czy=o dan=o danish=e danke=g dans=o das=g daughter=e de=d dem=g den=dg \
denmark=e der=dg des=g det=d deutsch=g di=o die=g dig=d din=d dit=d dla=o do=e dobar=o dobry=o doctor=e does=e \
donde=o dont=e dove=o du=d dzien=o efter=d ein=g eine=g einen=g el=o eller=d en=d english=e er=d es=g est=o \
este=o et=d eu=o faa=d faar=d fik=d flytte=d flytter=d for=de fordi=d fra=d from=e fuehrerschein=g fuer=g \
gaar=d garbage=e gdje=o gdzie=o get=e gibt=g habe=g haben=g hall=e hallo=g har=d has=e have=de health=e hej=d \
hello=e help=e her=d hi=e hola=o hos=d hotel=d hours=e house=e how=e husband=e hvad=d hvem=d hvilke=d hvilken=d \
hvilket=d hvis=d hvor=d hvordan=d hvorfor=d hvornaar=d i=de ich=g icin=o id=e if=e ihr=g ik=d ikk=d ikke=d il=o \
im=eg information=d is=e ist=g istiyorum=o it=e ive=e iyo=o ja=d jak=o je=o jeg=d jeres=d jest=o job=de just=e \
ka=d kako=o kan=d kann=g kinder=g kindergarten=e kommune=d kontakt=d kosten=g koster=d kostet=g la=o las=o \
les=o licence=e license=e lige=d live=e living=e long=e los=o lost=e maa=d mam=o married=e me=e mean=e med=d \
mein=g meine=g meinen=g men=d merci=o merhaba=o mi=o mig=d min=d mine=d mit=dg moechte=g mogu=o moj=o moja=o \
money=e move=e moved=e moving=e much=e museum=d muss=g my=e na=o naar=d nach=g nasil=o necesito=o need=e nej=d \
nerede=o new=e nicht=g nie=o nogen=d noget=d not=e ny=d nyt=d o=o oder=g of=e office=e often=e og=d ogsaa=d \
ola=o om=d on=e onde=o open=e opening=e or=e os=d ou=o over=d paa=d para=o parking=e pasaport=o pasaporte=o \
passeport=o passport=e paszport=o pay=e pentru=o per=o permit=e plan=d please=e por=o post=d potrzebuje=o \
pour=o preciso=o problem=d prosze=o puedo=o que=o quero=o quiero=o recycling=e register=e reisepass=g rent=e \
residence=e school=e should=e sidee=o sie=go sind=g ska=d skal=d sku=d so=d soege=d soeger=d som=d son=e \
speak=e sport=d sprechen=g status=d stolen=e suis=o sunt=o tak=d tax=e termin=g thank=e thanks=e that=e the=e \
there=e they=e this=e til=d to=e trash=e trebam=o uden=d ueber=g umzug=g una=o und=g unde=o under=d une=o \
vaere=d vaeret=d ve=o ved=d vi=d vil=d von=g vorrei=o voudrais=o vous=o vreau=o w=o waa=o wann=g want=e was=eg \
waste=e waxaan=o we=e wenn=g wer=g werden=g what=e when=e where=e which=e who=e why=e wie=g wife=e will=e wir=g \
wird=g with=e wo=g wohnung=g work=e would=e you=e your=e z=o zelim=o zu=g zum=g zur=g";

/// Letter groups that tell the languages apart; '^' is the beginning of a word, '$' its end.
const DANISH: &str = "ae oe aa sk kk ej ^hv ^hj ^kj ^sp ^fo gt$ ede$ rne$ nde$ hed ^af ^op ng$ dt$ age$ else ^sag nin";
const ENGLISH: &str =
    "th ^wh ck sh ea ou gh ing$ w ay$ ly$ ^ch ee ty$ ow qu ew ght ss$ ence ^un ce$ ry$ ment$";
const GERMAN: &str = "sch ^ei ch$ ung$ tz ich ^ge ^ver ein heit ^zu eit pf z ie ^wo ^au cht";

/// Points for a common word; a letter group has one.
const WORD: u32 = 6;

/// The language most words of an utterance speak for; [`Language::Danish`] when none stands out.
///
/// [`Language::Other`] when at least half of the letters are of another script than Latin.
pub fn guess_language(tokens: &[Token]) -> Language {
    let letters = |latin: bool| -> usize {
        let of_kind = tokens
            .iter()
            .filter(|token| (token.script == Script::Latin) == latin);
        of_kind
            .map(|token| token.word.chars().filter(|c| !c.is_ascii_digit()).count())
            .sum()
    };
    let other_letters = letters(false);
    if other_letters > 0 && other_letters >= letters(true) {
        return Language::Other;
    }
    let mut points = [0_u32; 4];
    for token in tokens {
        match table::lookup(WORDS, &token.word) {
            Some(languages) => {
                // A word of two languages says less about each.
                let weight = WORD / languages.len() as u32;
                for (points, code) in points.iter_mut().zip(*b"dego") {
                    *points += if languages.as_bytes().contains(&code) {
                        weight
                    } else {
                        0
                    };
                }
            }
            None => {
                for (points, groups) in points.iter_mut().zip([DANISH, ENGLISH, GERMAN]) {
                    *points += groups
                        .split(' ')
                        .filter(|group| has_group(&token.word, group))
                        .count() as u32;
                }
            }
        }
    }
    let [danish, english, german, other] = points;
    if english > danish + 1 && english >= german && english >= other {
        Language::English
    } else if german > danish + 1 && german > other {
        Language::German
    } else if other > danish + 1 {
        Language::Other
    } else {
        Language::Danish
    }
}

/// Whether `word` has the letters of `group`: anywhere, after '^' at its beginning, before '$' at its end.
fn has_group(word: &str, group: &str) -> bool {
    if let Some(head) = group.strip_prefix('^') {
        word.starts_with(head)
    } else if let Some(tail) = group.strip_suffix('$') {
        word.ends_with(tail)
    } else {
        word.as_bytes()
            .windows(group.len())
            .any(|letters| letters == group.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(table::is_sorted(WORDS));
    }
}
