// The page's old code, unchanged: a panel from boostInit, two buttons.
const boost = window.boostInit('eksempelby', { lokalsvar: { actions: { 4711: 'pas/pris-paa-pas' } } });
boost.chatPanel.addEventListener('chatPanelOpened', () => document.body.setAttribute('data-panel', 'open'));
document.getElementById('aabn').onclick = () => boost.chatPanel.show();
document.getElementById('pas').onclick = () => boost.chatPanel.triggerAction(4711);
