//! JSON in and out without serde: serde_json with serde's generated code takes 35 kB of a module's WASM after brotli, this a
//! tenth of it. Whoever uses it compares it with serde_json in tests, byte by byte and value by value. Damaged text gives
//! `None`; what is absent is empty.

/// Deepest nesting that is read; answers have five levels.
const DEPTH: u8 = 16;

/// A value. Numbers are whole here; a fraction is cut off.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// `null`.
    Null,
    /// `true`, `false`.
    Bool(bool),
    /// A number; what does not fit is the nearest that does.
    Number(i64),
    /// A text, without its escapes.
    Text(String),
    /// `[...]`.
    List(Vec<Value>),
    /// `{...}`, in the order of the text; a name may stand there twice.
    Object(Vec<(String, Value)>),
}

/// Reads a whole text. `None` when it is damaged, or nested deeper than 15 levels.
pub fn parse(text: &str) -> Option<Value> {
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(DEPTH)?;
    reader.blank();
    (reader.at == text.len()).then_some(value)
}

struct Reader<'t> {
    text: &'t str,
    at: usize,
}

impl Reader<'_> {
    fn blank(&mut self) {
        while matches!(self.peek(), b' ' | b'\n' | b'\r' | b'\t') {
            self.at += 1;
        }
    }

    /// The next byte; 0 at the end.
    fn peek(&self) -> u8 {
        self.text.as_bytes().get(self.at).copied().unwrap_or(0)
    }

    fn eat(&mut self, byte: u8) -> Option<()> {
        self.blank();
        (self.peek() == byte).then(|| self.at += 1)
    }

    fn word(&mut self, word: &str, value: Value) -> Option<Value> {
        self.text[self.at..].starts_with(word).then(|| {
            self.at += word.len();
            value
        })
    }

    fn value(&mut self, depth: u8) -> Option<Value> {
        let depth = depth.checked_sub(1)?;
        self.blank();
        match self.peek() {
            b'"' => self.string().map(Value::Text),
            b'[' => {
                self.at += 1;
                let mut list = Vec::new();
                while self.eat(b']').is_none() {
                    if !list.is_empty() {
                        self.eat(b',')?;
                    }
                    list.push(self.value(depth)?);
                }
                Some(Value::List(list))
            }
            b'{' => {
                self.at += 1;
                let mut fields = Vec::new();
                while self.eat(b'}').is_none() {
                    if !fields.is_empty() {
                        self.eat(b',')?;
                    }
                    self.blank();
                    let name = self.string()?;
                    self.eat(b':')?;
                    fields.push((name, self.value(depth)?));
                }
                Some(Value::Object(fields))
            }
            b't' => self.word("true", Value::Bool(true)),
            b'f' => self.word("false", Value::Bool(false)),
            b'n' => self.word("null", Value::Null),
            _ => self.number(),
        }
    }

    fn number(&mut self) -> Option<Value> {
        let minus = self.peek() == b'-';
        self.at += usize::from(minus);
        let start = self.at;
        // Below zero, where there is room for one more.
        let mut number = 0_i64;
        while self.peek().is_ascii_digit() {
            number = number
                .saturating_mul(10)
                .saturating_sub(i64::from(self.peek() - b'0'));
            self.at += 1;
        }
        let digits = self.at > start;
        while matches!(self.peek(), b'.' | b'e' | b'E' | b'+' | b'-' | b'0'..=b'9') {
            self.at += 1;
        }
        digits.then_some(Value::Number(if minus {
            number
        } else {
            number.saturating_neg()
        }))
    }

    fn string(&mut self) -> Option<String> {
        if self.peek() != b'"' {
            return None;
        }
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = &self.text[self.at..];
            let end = rest.find(['"', '\\'])?;
            out.push_str(&rest[..end]);
            self.at += end + 1;
            if rest.as_bytes()[end] == b'"' {
                return Some(out);
            }
            let escape = self.peek();
            self.at += 1;
            out.push(match escape {
                b'"' | b'\\' | b'/' => char::from(escape),
                b'b' => '\u{8}',
                b'f' => '\u{c}',
                b'n' => '\n',
                b'r' => '\r',
                b't' => '\t',
                b'u' => self.unicode()?,
                _ => return None,
            });
        }
    }

    fn unicode(&mut self) -> Option<char> {
        let first = self.hex()?;
        if !(0xD800..0xDC00).contains(&first) {
            return char::from_u32(first);
        }
        self.word("\\u", Value::Null)?;
        let second = self.hex()?;
        let low = second.checked_sub(0xDC00).filter(|low| *low < 0x400)?;
        char::from_u32(0x10000 + ((first - 0xD800) << 10) + low)
    }

    fn hex(&mut self) -> Option<u32> {
        let digits = self.text.get(self.at..self.at + 4)?;
        self.at += 4;
        let mut code = 0;
        for byte in digits.bytes() {
            code = code << 4 | char::from(byte).to_digit(16)?;
        }
        Some(code)
    }
}

impl Value {
    /// A field; null when there is none.
    pub fn get(&self, name: &str) -> &Value {
        let Value::Object(fields) = self else {
            return &Value::Null;
        };
        let found = fields.iter().find(|(field, _)| field == name);
        found.map_or(&Value::Null, |(_, value)| value)
    }

    /// A text that may be absent.
    pub fn some(&self, name: &str) -> Option<String> {
        match self.get(name) {
            Value::Text(text) => Some(text.clone()),
            _ => None,
        }
    }

    /// A text; empty when absent.
    pub fn text(&self, name: &str) -> String {
        self.some(name).unwrap_or_default()
    }

    /// A number; 0 when absent.
    pub fn number(&self, name: &str) -> i64 {
        match self.get(name) {
            Value::Number(number) => *number,
            _ => 0,
        }
    }

    /// `true`; false when absent.
    pub fn yes(&self, name: &str) -> bool {
        *self.get(name) == Value::Bool(true)
    }

    /// The members of a list, each read by `read`; none when absent.
    pub fn each<T>(&self, name: &str, read: fn(&Value) -> T) -> Vec<T> {
        match self.get(name) {
            Value::List(list) => list.iter().map(read).collect(),
            _ => Vec::new(),
        }
    }
}

/// An object in the making, as serde_json writes it.
pub struct Writer(String);

impl Default for Writer {
    fn default() -> Self {
        Self::new()
    }
}

impl Writer {
    /// An empty object.
    pub fn new() -> Self {
        Self("{".into())
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        quoted(&mut self.0, name);
        self.0.push(':');
    }

    /// A text.
    #[must_use]
    pub fn text(mut self, name: &str, text: &str) -> Self {
        self.name(name);
        quoted(&mut self.0, text);
        self
    }

    /// A text that is left out when it is empty.
    #[must_use]
    pub fn some(self, name: &str, text: &str) -> Self {
        if text.is_empty() {
            self
        } else {
            self.text(name, text)
        }
    }

    /// A number.
    #[must_use]
    pub fn number(mut self, name: &str, number: u16) -> Self {
        self.name(name);
        self.0.push_str(&hours::number(number));
        self
    }

    /// A value that is written already: an object, a list, a word.
    #[must_use]
    pub fn object(mut self, name: &str, object: &str) -> Self {
        self.name(name);
        self.0.push_str(object);
        self
    }

    /// The text.
    pub fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// A text with its quotation marks and escapes.
pub fn quoted(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        let short = match c {
            '"' => '"',
            '\\' => '\\',
            '\n' => 'n',
            '\r' => 'r',
            '\t' => 't',
            '\u{8}' => 'b',
            '\u{c}' => 'f',
            '\0'..='\u{1f}' => {
                out.push_str("\\u00");
                for digit in [c as u32 >> 4, c as u32 & 15] {
                    out.push(char::from(b"0123456789abcdef"[digit as usize]));
                }
                continue;
            }
            _ => {
                out.push(c);
                continue;
            }
        };
        out.push('\\');
        out.push(short);
    }
    out.push('"');
}

/// `None` unless the text is an object that holds `must`.
pub fn object(text: &str, must: &str) -> Option<Value> {
    parse(text).filter(|value| *value.get(must) != Value::Null)
}
