//! Reads who comes: only what is asked for, in one form, so that the same contact counts as the same.

use crate::fault::Fault;
use crate::store::bookings::PersonRow;
use booking::{ContactNeed, Service};
use lettre::Address;
use protocol::{BookingRequest, Code, Contact};

/// Checks and cleans.
pub(crate) fn person(service: &Service, wish: &BookingRequest) -> Result<PersonRow, Fault> {
    let contact = &wish.contact;
    let name = name(&contact.name)?;
    let phone = contact.phone.as_deref().map(phone).transpose()?;
    let email = contact.email.as_deref().map(email).transpose()?;
    let fits = match service.contact {
        ContactNeed::PhoneOrEmail => phone.is_some() || email.is_some(),
        ContactNeed::Phone => phone.is_some(),
        ContactNeed::Email => email.is_some(),
        ContactNeed::Both => phone.is_some() && email.is_some(),
    };
    if !fits {
        return Err(Fault::No(
            Code::Invalid,
            "contact: a phone number or a mail address is missing",
        ));
    }
    Ok(PersonRow {
        name,
        phone: phone.unwrap_or_default(),
        email: email.unwrap_or_default(),
        cpr: cpr(service, wish.cpr.as_deref())?,
    })
}

/// Name, phone number and mail address of somebody who wants an answer; one of the last two is there, the other may be empty.
pub(super) fn reachable(contact: &Contact) -> Result<(String, String, String), Fault> {
    let name = name(&contact.name)?;
    let phone = contact.phone.as_deref().map(phone).transpose()?;
    let email = contact.email.as_deref().map(email).transpose()?;
    if phone.is_none() && email.is_none() {
        return Err(Fault::No(
            Code::Invalid,
            "contact: a phone number or a mail address is missing",
        ));
    }
    Ok((name, phone.unwrap_or_default(), email.unwrap_or_default()))
}

fn name(text: &str) -> Result<String, Fault> {
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().count() > 100 || name.chars().any(char::is_control) {
        return Err(Fault::No(
            Code::Invalid,
            "contact.name: 1 to 100 characters",
        ));
    }
    if has_cpr(&name) {
        return Err(Fault::No(
            Code::CprRefused,
            "contact.name: no CPR number here",
        ));
    }
    Ok(name)
}

/// `+4512345678`: eight digits are Danish, others come with `+` and their country.
pub(super) fn phone(text: &str) -> Result<String, Fault> {
    let wrong = || {
        Fault::No(
            Code::Invalid,
            "phone: eight digits, or + and the country's number",
        )
    };
    if text.len() > 30 {
        return Err(wrong());
    }
    let clean: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '(' | ')'))
        .collect();
    let international = clean.strip_prefix('+').or_else(|| clean.strip_prefix("00"));
    let digits = international.unwrap_or(&clean);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong());
    }
    match international {
        Some(digits) if (8..=15).contains(&digits.len()) => Ok(format!("+{digits}")),
        None if digits.len() == 8 => Ok(format!("+45{digits}")),
        _ => Err(wrong()),
    }
}

/// A mail address, small letters.
pub(super) fn email(text: &str) -> Result<String, Fault> {
    let text = text.trim().to_lowercase();
    let wrong = || Fault::No(Code::Invalid, "email: not a mail address");
    let domain = text.rsplit('@').next().unwrap_or_default();
    if text.len() > 254 || !text.is_ascii() || !domain.contains('.') {
        return Err(wrong());
    }
    if has_cpr(&text) {
        return Err(Fault::No(Code::CprRefused, "email: no CPR number here"));
    }
    text.parse::<Address>().map_err(|_| wrong())?;
    Ok(text)
}

fn has_cpr(text: &str) -> bool {
    !privacy::find_cpr(text).is_empty()
}

fn cpr(service: &Service, sent: Option<&str>) -> Result<String, Fault> {
    let Some(sent) = sent else {
        return if service.cpr {
            Err(Fault::No(Code::Invalid, "cpr: missing"))
        } else {
            Ok(String::new())
        };
    };
    if !service.cpr {
        return Err(Fault::No(Code::CprRefused, "no CPR number is asked for"));
    }
    let digits: String = sent.chars().filter(|c| !matches!(c, '-' | ' ')).collect();
    if digits.len() == 10 && has_cpr(&digits) {
        Ok(digits)
    } else {
        Err(Fault::No(Code::Invalid, "cpr: ten digits"))
    }
}
