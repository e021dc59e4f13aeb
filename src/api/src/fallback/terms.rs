//! What a citizen reads before anything is sent: who is responsible, what for, who else gets it and where, how long it is kept. Made
//! from the settings, so that what is shown is what is done; its version changes with every word of it.

use super::Help;
use crate::secret;
use crate::tenant::Site;
use protocol::fallback::Terms;
use protocol::{Privacy, Text};

impl Help {
    /// The privacy text in force.
    pub(crate) fn privacy(&self, site: &Site) -> Privacy {
        let (name, c) = (&site.admin.name, &self.config);
        let (processor, region, law) = (&c.processor, &c.region, &c.legal_basis);
        let purpose = Text {
            da: "At give dig et svar ud fra kommunens egne tekster, når chatten ikke selv fandt et.".into(),
            en: Some("To answer you from the municipality's own texts when the chat found no answer itself.".into()),
        };
        let retention = Text {
            da: "Spørgsmål og svar gemmes ikke hos kommunen. At samtalen har spurgt, og hvor tit, huskes i et døgn uden tekst.".into(),
            en: Some("The municipality does not keep question or answer. That a conversation has asked, and how often, is remembered for a day, without text.".into()),
        };
        let text = Text {
            da: format!(
                "{name} er dataansvarlig. Dit spørgsmål sendes til en sprogmodel hos {processor} ({region}), som kommunen har en aftale med. \
                 Det sker for at finde et svar i kommunens egne tekster, og kun når du selv vælger det. Grundlaget er {law}. Skriv ikke \
                 CPR-nummer, navn, adresse eller andet personligt. Det, vi genkender, erstattes, før det sendes. Spørgsmål og svar gemmes ikke \
                 hos kommunen. Du har ret til indsigt og til at klage til Datatilsynet. Svaret er skrevet af AI og kan være forkert."
            ),
            en: Some(format!(
                "{name} is the controller. Your question is sent to a language model at {processor} ({region}), with whom the municipality has \
                 an agreement. This is done to find an answer in the municipality's own texts, and only when you choose it. The basis is {law}. \
                 Do not write your CPR number, name, address or anything else personal. What we recognise is replaced before it is sent. \
                 The municipality does not keep question or answer. You have the right of access and to complain to Datatilsynet. The \
                 answer is written by AI and can be wrong."
            )),
        };
        let whole = [
            name,
            processor,
            region,
            law,
            &purpose.da,
            &retention.da,
            &text.da,
            text.en.as_deref().unwrap_or_default(),
        ];
        Privacy {
            version: secret::hash(&whole).chars().take(12).collect(),
            controller: name.clone(),
            purpose,
            retention,
            text,
        }
    }

    /// Everything that is shown before.
    pub(crate) fn terms(&self, site: &Site) -> Terms {
        let c = &self.config;
        Terms {
            on: true,
            privacy: Some(self.privacy(site)),
            processor: Some(c.processor.clone()),
            region: Some(c.region.clone()),
            legal_basis: Some(c.legal_basis.clone()),
            model: Some(c.model.clone()),
            turns: Some(c.turns_per_conversation),
        }
    }
}

/// Where nobody is asked.
pub(crate) fn off() -> Terms {
    Terms {
        on: false,
        privacy: None,
        processor: None,
        region: None,
        legal_basis: None,
        model: None,
        turns: None,
    }
}
