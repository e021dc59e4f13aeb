// The editor's preview: shows what the latest check said, and loads the page anew when a new bundle is there.
// Plain script; everything shown is set as text. What the editor typed is kept in sessionStorage for the reload.
(() => {
  const $ = id => document.getElementById(id);
  const kommune = $('kommune').textContent;
  const kept = 'lokalsvar-forhaandsvis:' + kommune;
  const ask = text => {
    (window.lokalsvar ||= []).push(['ask', text]);
    explain(text);
  };
  let shown, latest;

  const element = (tag, name, text, parent) => {
    const node = document.createElement(tag);
    node.className = name;
    node.textContent = text;
    parent.append(node);
    return node;
  };
  const number = value => (value < 0 ? '−' : '+') + Math.abs(value).toFixed(2).replace('.', ',');
  /** Which words counted how much, what was corrected, and what came second. The chat itself reads the whole conversation. */
  const explain = async text => {
    const answer = await fetch('/_explain/' + kommune, { method: 'POST', body: text }).catch(() => 0);
    $('why').hidden = !answer || !answer.ok;
    if ($('why').hidden) return;
    const told = await answer.json();
    $('decision').textContent = told.decision + ', når spørgsmålet står alene. Chatten læser det sammen med resten af samtalen.';
    $('intents').replaceChildren();
    for (const { id, title, confidence } of told.intents.slice(0, 5)) {
      const item = element('li', '', title + ' ' + Math.round(confidence * 100) + ' % ', $('intents'));
      element('span', 'id', id, item);
    }
    $('words').replaceChildren();
    for (const { word, reading, first, second } of told.words) {
      const row = element('tr', '', '', $('words'));
      element('div', 'hint', reading, element('td', '', word, row));
      for (const share of [first, second]) element('td', 'number', number(share), row);
    }
  };
  const plural = (n, one, many) => n + ' ' + (n === 1 ? one : many);
  const draw = () => {
    if (!latest) return;
    const rows = latest.rows.filter(row => row.severity === 'error' || $('warnings').checked);
    const { errors, warnings } = latest;
    $('counts').textContent = errors + warnings === 0
      ? 'Ingen fejl og ingen advarsler.'
      : plural(errors, 'fejl', 'fejl') + ' og ' + plural(warnings, 'advarsel', 'advarsler') +
        (rows.length < (($('warnings').checked ? warnings : 0) + errors) ? '. De første ' + rows.length + ' vises.' : '.');
    $('rows').replaceChildren();
    for (const row of rows) {
      const item = element('li', row.severity, '', $('rows'));
      const line = element('p', '', '', item);
      element('span', 'kind', row.severity === 'error' ? 'Fejl: ' : 'Advarsel: ', line);
      line.append(row.message);
      element('p', 'place', row.file + ':' + row.line + '  ' + row.code, item);
      if (row.hint) element('p', 'hint', row.hint, item);
    }
  };
  const state = (text, kind) => {
    $('state').textContent = text;
    $('state').dataset.kind = kind || '';
  };

  const source = new EventSource('/_watch');
  source.onmessage = event => {
    const all = JSON.parse(event.data);
    const now = all.kommuner[kommune];
    if (all.busy) return state('Bygger …');
    if (!now) return state('Der er ingen kommune, der hedder ' + kommune + '.', 'error');
    latest = now;
    draw();
    if (shown && now.bundle && now.bundle !== shown) return location.reload();
    shown = now.bundle;
    if (now.problem) state(now.problem, 'error');
    else state('Opdateret kl. ' + all.at + ' på ' + (now.ms / 1000).toFixed(1).replace('.', ',') + ' sekunder.' +
      (all.training ? ' Eksemplerne læres i baggrunden, og siden opdateres igen om lidt.' : ''));
  };
  source.onerror = () => state('Ingen forbindelse til lokalsvar watch. Er den lukket?', 'error');

  $('ask').addEventListener('submit', event => {
    event.preventDefault();
    const text = $('question').value.trim();
    if (!text) return;
    sessionStorage.setItem(kept, text);
    ask(text);
  });
  $('again').addEventListener('change', () => sessionStorage.setItem(kept + ':again', $('again').checked ? '1' : '0'));
  $('warnings').addEventListener('change', draw);

  $('again').checked = sessionStorage.getItem(kept + ':again') !== '0';
  const before = sessionStorage.getItem(kept);
  if (before) {
    $('question').value = before;
    const [entry] = performance.getEntriesByType('navigation');
    if (entry && entry.type === 'reload' && $('again').checked) ask(before);
  }
})();
