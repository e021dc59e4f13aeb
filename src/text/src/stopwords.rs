//! Danish and English function words, in canonical spelling, that say nothing about what a citizen wants.
//!
//! Question words ("hvornaar"), negations ("ikke", "uden") and words of place and time ("efter", "over") carry meaning
//! and are not among them.

use crate::table;

/// Sorted, so that a word is found by halving.
const STOP_WORDS: &str = "\
a about ad af alle allerede also alt altid altsaa am an and anden andet andre any are as at bare be been being \
blev blive bliver blot but by can could da de dem den denne der deres derfor det dette did dig din dine disse \
dit do does dog du eks eller en end endnu er et faa faar fik for fra from fx gerne get got ha had ham han hans \
har has hav havde have he hej hello hende hendes her hi him his hos hun hvis i if igen im in ind into is it its \
ive jeg jer jeres jo just ka kan kun kunne lidt lige maa maaske man me med men mere mig min mine mit must my \
nogen noget nogle nu of og ogsaa om on op or os our paa please saa samt selv sgu shall she should sig sin sine \
sit ska skal sku skulle so som some such than that the their them then there these they this til to tror ud us \
vaere vaeret var ved vi vil ville vores was we were will with would you your";

/// Whether `word`, in canonical spelling, is a Danish or English function word. Question words and negations are not.
pub fn is_stop_word(word: &str) -> bool {
    table::contains(STOP_WORDS, word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_sorted() {
        assert!(table::is_sorted(STOP_WORDS));
    }

    #[test]
    fn every_listed_word_is_found_and_no_part_of_one() {
        assert!(STOP_WORDS.split(' ').all(is_stop_word));
        assert!(
            ["", " ", "og og", "hve", "you your"]
                .iter()
                .all(|w| !is_stop_word(w))
        );
    }

    #[test]
    fn questions_and_negations_keep_their_meaning() {
        for word in [
            "hvor", "hvornaar", "hvad", "hvem", "hvordan", "ikke", "uden", "ingen", "how", "where",
            "not",
        ] {
            assert!(!is_stop_word(word), "{word}");
        }
    }
}
