//! What `check` says of a kommune's own files: questions that another answer has, and tables with a slip in them.

use super::Folder;

/// An own topic of the kommune with these lines below `### Borgere skriver`.
fn own_topic(id: &str, more: &str, said: &str) -> String {
    format!(
        "# Marked\nenglish: Market\nkilde: [by.example](https://by.example)\nrettet: 2026-11-21\ngennemgået: -\n\n\
         ## Hvornår er der marked?\nid: {id}\nenglish: When is the market?\n{more}\nDer er marked hver lørdag.\n\n\
         ### Knapper\n- [Se dage](https://by.example)\n\n### Borgere skriver\n{said}\n"
    )
}

fn twins(folder: &Folder) -> Vec<String> {
    let all = compiler::check(&folder.load());
    let twins = all.iter().filter(|d| d.code.ends_with("-utterance"));
    twins
        .map(|d| format!("{}:{} {}", d.code, d.line, d.message))
        .collect()
}

#[test]
fn a_question_in_a_kommunes_own_folder_is_compared_with_the_shared_ones_and_its_own() {
    let folder = Folder::new("own-twins");
    let path = "kommuner/by/emner/marked.md";
    let put = |id: &str, more: &str, said: &str| folder.write(path, &own_topic(id, more, said));
    let toml = "navn = \"By Kommune\"\nkortnavn = \"By\"\nkode = \"9001\"\ndomaene = \"by.example\"\ndemo = true\n";

    put("marked/naar", "", "- hvornår er der marked");
    assert_eq!(twins(&folder), [""; 0]);
    put("marked/naar", "", "- pris på pas");
    let told = twins(&folder);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].starts_with("kb::shared-utterance:17 `pris på pas` is nearly `pris på pas`, an example of `pas/pris`"),
        "{told:?}"
    );
    // What the kommune does not show takes nothing from its own answer.
    folder.write(
        "kommuner/by/kommune.toml",
        &format!("{toml}skjul = [\"pas/pris\"]\n"),
    );
    assert_eq!(twins(&folder), [""; 0]);
    folder.write("kommuner/by/kommune.toml", toml);

    // Two answers of its own.
    put("marked/naar", "", "- hvornår er der marked");
    folder.write(
        "kommuner/by/emner/torv.md",
        &own_topic("torv/naar", "", "- er der marked hvornår").replace("# Marked", "# Torv"),
    );
    assert_eq!(twins(&folder).len(), 1);
    folder.write("kommuner/by/emner/torv.md", "# Torv\n");

    // More examples for a shared answer: its own are no twins, but one that is there already is told of.
    for (said, code) in [
        ("- pris på pas", Some("kb::repeated-utterance")),
        ("- min søn skal have pas", Some("kb::shared-utterance")),
        ("- hvad tager I for et rødt hæfte", None),
    ] {
        for change in ["tilføj: ja\n", "erstat: ja\n"] {
            put("pas/pris", change, said);
            let told = twins(&folder);
            let expected = usize::from(code.is_some());
            assert_eq!(told.len(), expected, "{change}{said}: {told:?}");
            assert!(
                code.is_none_or(|code| told[0].starts_with(code)),
                "{told:?}"
            );
        }
    }
}

#[test]
fn a_mistake_in_a_table_hides_no_other() {
    let folder = Folder::new("tables");
    folder.write(
        "kommuner/by/variabler.toml",
        "telefon_hovednumer = \"00 12 34 56\"\npris_x = 3.850 kroner\"\nurl_tid = \"ingen\"\n",
    );
    let knowledge = folder.load();
    let told: Vec<(usize, &str)> = knowledge
        .diagnostics
        .iter()
        .filter(|d| d.file.ends_with("kommuner/by/variabler.toml"))
        .map(|d| (d.line, d.code))
        .collect();
    assert!(told.contains(&(1, "kb::unknown-variable")), "{told:?}");
    assert!(told.contains(&(2, "kb::toml")), "{told:?}");
    assert!(told.contains(&(3, "kb::variable-value")), "{told:?}");
}
