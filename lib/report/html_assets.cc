// Style and script of the HTML report. The page's policy allows these very
// bytes, by their digest, and no others: no style attribute works, and nothing
// that an issue says can become a script.
#include "report/html.h"

namespace clambake {

const std::string_view kHtmlStyle = R"css(
:root{color-scheme:light dark;--bg:#fff;--fg:#1a1f24;--dim:#57606a;--line:#d0d7de;--panel:#f6f8fa;--link:#0757b8;--focus:#0757b8;
--p0:#c3c9d0;--p1:#a9c9e8;--p2:#6fa8dc;--p3:#2f76b5;--p4:#e0a030;--p5:#4c9a5a;--p6:#c0392b;--on-dark:#fff;--on-light:#10161c;
--path:#b4218b;--more:#b4bcc5;--bound:#0a7d46;--load:#2f76b5;--good:#0a6b3b;--bad:#b42318;--warn:#7a5200}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]){--bg:#12161b;--fg:#e6e9ed;--dim:#9aa5b1;--line:#39424d;--panel:#1b2129;--link:#79b8ff;--focus:#79b8ff;
--p0:#5b6570;--p1:#35597c;--p2:#4f86b8;--p3:#79b8ff;--p4:#e3b341;--p5:#57ab5a;--p6:#ff7b72;--on-dark:#fff;--on-light:#10161c;
--path:#ff7ad9;--more:#56616d;--bound:#56d68a;--load:#4f86b8;--good:#56d68a;--bad:#ff8f87;--warn:#e3b341}}
:root[data-theme=dark]{color-scheme:dark;--bg:#12161b;--fg:#e6e9ed;--dim:#9aa5b1;--line:#39424d;--panel:#1b2129;--link:#79b8ff;--focus:#79b8ff;
--p0:#5b6570;--p1:#35597c;--p2:#4f86b8;--p3:#79b8ff;--p4:#e3b341;--p5:#57ab5a;--p6:#ff7b72;--on-dark:#fff;--on-light:#10161c;
--path:#ff7ad9;--more:#56616d;--bound:#56d68a;--load:#4f86b8;--good:#56d68a;--bad:#ff8f87;--warn:#e3b341}
:root[data-theme=light]{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;padding:0 1rem 3rem;max-width:76rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
a{color:var(--link)}
:focus-visible{outline:3px solid var(--focus);outline-offset:2px}
.skip:not(li){position:absolute;left:-99rem}.skip:focus{position:static}
.brand{display:flex;justify-content:space-between;align-items:center;margin:1rem 0 0;color:var(--dim);font-weight:600}
button,input{font:inherit;color:inherit;background:var(--panel);border:1px solid var(--line);border-radius:6px;padding:.2rem .6rem}
input{width:20rem;max-width:100%}
h1{margin:.2rem 0 .5rem;font-size:1.7rem;line-height:1.2}
h2{margin:2.2rem 0 .6rem;font-size:1.25rem;border-bottom:1px solid var(--line);padding-bottom:.2rem}
h3{margin:1.4rem 0 .4rem;font-size:1.05rem}
code{font:.85em ui-monospace,monospace}
.dim,.note,footer{color:var(--dim)}.note,footer{font-size:.875rem}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(9.4rem,1fr));gap:.6rem;margin:1rem 0}
.figures div{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:.5rem .8rem;display:flex;flex-direction:column-reverse}
.figures dt{color:var(--dim);font-size:.875rem}
.figures dd{margin:0;white-space:nowrap;font-size:1.25rem;font-weight:600;font-variant-numeric:tabular-nums}
nav{position:sticky;top:0;z-index:3;display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:.5rem 0;background:var(--bg);border-bottom:1px solid var(--line)}
section{scroll-margin-top:4rem}
.scroll{overflow:auto;max-height:80vh;margin:.5rem 0 1rem}
.scroll,ol.path{background:linear-gradient(90deg,var(--bg) 50%,transparent) 0 0/2rem 100% local,
linear-gradient(270deg,var(--bg) 50%,transparent) 100% 0/2rem 100% local,linear-gradient(var(--bg) 50%,transparent) 0 0/100% 2rem local,
linear-gradient(0deg,var(--bg) 50%,transparent) 0 100%/100% 2rem local,linear-gradient(90deg,var(--more),transparent) 0 0/.9rem 100%,
linear-gradient(270deg,var(--more),transparent) 100% 0/.9rem 100%,linear-gradient(var(--more),transparent) 0 0/100% .9rem,
linear-gradient(0deg,var(--more),transparent) 0 100%/100% .9rem;background-repeat:no-repeat}
figure.scroll{max-height:none}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.3rem .8rem .3rem 0;border-bottom:1px solid var(--line)}
th,td{overflow-wrap:break-word}td:last-child{min-width:12rem;overflow-wrap:anywhere}
th{color:var(--dim);font-weight:600;white-space:nowrap}
td:first-child,.times td:nth-child(-n+4){white-space:nowrap}.interval{display:block}
tr:target,tr:focus{background:var(--panel)}
details{border:1px solid var(--line);border-radius:8px;margin:.4rem 0;padding:0 .8rem}
summary{cursor:pointer;padding:.4rem 0;font-weight:600}summary .dim{font-weight:400}
.timeline{display:flex;overflow:auto;max-height:75vh;border:1px solid var(--line);border-radius:8px;background:var(--bg)}
.names{position:sticky;left:0;z-index:1;flex:none;background:var(--bg);border-right:1px solid var(--line)}
.bars{flex:none;margin-left:6px}
svg text{fill:var(--fg);font:12px system-ui,sans-serif}
svg .axis{fill:var(--dim);font-size:11px}svg .node{font:11px ui-monospace,monospace}
.lane text{font-size:11px;pointer-events:none}
.t0,.t1,.t2,.t4,.t5{fill:var(--on-light)!important}.t3,.t6{fill:var(--on-dark)!important}
@media(prefers-color-scheme:dark){:root:not([data-theme=light]) .t3,:root:not([data-theme=light]) .t6{fill:var(--on-light)!important}
:root:not([data-theme=light]) .t0,:root:not([data-theme=light]) .t1{fill:var(--on-dark)!important}}
:root[data-theme=dark] .t3,:root[data-theme=dark] .t6{fill:var(--on-light)!important}
:root[data-theme=dark] .t0,:root[data-theme=dark] .t1{fill:var(--on-dark)!important}
.p0{fill:var(--p0)}.p1{fill:var(--p1)}.p2{fill:var(--p2)}.p3{fill:var(--p3)}.p4{fill:var(--p4)}.p5{fill:var(--p5)}.p6{fill:var(--p6)}
.c{stroke:var(--path);stroke-width:2.5}
.s{fill:none;stroke:var(--fg);stroke-width:3;pointer-events:none}
.path{fill:none;stroke:var(--path);stroke-width:2;stroke-dasharray:4 3;pointer-events:none}
ol.path{max-height:24rem;overflow:auto}
.path .skip{list-style:none}
.grid{stroke:var(--line)}.end{stroke:var(--fg);stroke-width:1.5}
.bound{stroke:var(--bound);stroke-width:2.5;stroke-dasharray:6 4}
.load{fill:var(--load)}.range{fill:var(--p1)}.todo{fill:var(--panel);stroke:var(--line)}
.reasons{margin:.3rem 0 1rem;padding-left:1.2rem}h3 .badge{font-size:.85rem;font-weight:400}
.legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;padding:0;margin:.5rem 0;list-style:none;font-size:.875rem}.legend svg{vertical-align:-2px}
.out{display:block;min-height:1.6em;margin:.5rem 0;font-weight:600}
.edge{fill:none;stroke:var(--bad);stroke-opacity:.55}
circle{stroke:var(--fg)}.alone{fill:var(--bg)}
.b0{fill:#2f76b5}.b1{fill:#e0a030}.b2{fill:#4c9a5a}.b3{fill:#c0392b}.b4{fill:#8457b8}.b5{fill:#1b9e9e}.b6{fill:#d873a8}.b7{fill:#8a8f3a}
.badge{border:1px solid currentColor;border-radius:1rem;padding:0 .5rem;white-space:nowrap}
.good{color:var(--good)}.bad{color:var(--bad)}.warn{color:var(--warn)}
#search{margin-top:1rem}#found{margin:.4rem 0 0;padding-left:1.5rem}
@media print{nav,button,form{display:none}.scroll,.timeline{max-height:none;overflow:visible}}
)css";

const std::string_view kHtmlScript = R"js(
(() => {
'use strict';
const $ = id => document.getElementById(id);
const root = document.documentElement;
const dark = matchMedia('(prefers-color-scheme: dark)');
const theme = $('theme');
theme.hidden = false;
theme.addEventListener('click', () => {
  const is = root.dataset.theme ? root.dataset.theme === 'dark' : dark.matches;
  root.dataset.theme = is ? 'light' : 'dark';
  theme.setAttribute('aria-pressed', String(!is));
});
// Long tables wait as texts: one is parsed when it is wanted, all while nothing else is to do.
const waiting = () => [...document.querySelectorAll('details > noscript')];
function fill(table) {
  table.insertAdjacentHTML('beforebegin', table.textContent);
  table.remove();
}
const idle = window.requestIdleCallback || (work => setTimeout(work, 50));
function fillNext() {
  const table = document.querySelector('details > noscript');
  if (!table) return;
  fill(table);
  idle(fillNext);
}
addEventListener('load', () => idle(fillNext));
addEventListener('beforeprint', () => waiting().forEach(fill));
addEventListener('toggle', event => event.target.querySelectorAll(':scope > noscript').forEach(fill), true);
function rowOf(number) {
  const id = 'i' + number;
  if (!$(id)) waiting().filter(table => table.textContent.includes(`id="${id}"`)).forEach(fill);
  return $(id);
}
function reveal(row) {
  for (let d = row.closest('details'); d; d = d.parentElement.closest('details')) d.open = true;
  row.tabIndex = -1;
  row.focus();
  row.scrollIntoView({block: 'center'});
}
function revealTarget() {
  const row = /^#i\d+$/.test(location.hash) && rowOf(location.hash.slice(2));
  if (row) reveal(row);
}
addEventListener('hashchange', revealTarget);
revealTarget();

const box = $('timeline');
if (box) {
  const out = $('timeline-out');
  const svg = box.querySelector('.bars');
  const frame = document.createElementNS(svg.namespaceURI, 'rect');
  frame.setAttribute('class', 's');
  frame.setAttribute('height', svg.dataset.height);
  const barsOf = group => group.dataset.b.split(' ').map(text => {
    const [issue, x, width, critical] = text.split(',');
    return {issue, x: Number(x), y: Number(group.dataset.y), width: Number(width), critical};
  });
  let made = null;
  const lanes = () => made = made || [...svg.querySelectorAll('.lane')].map(barsOf);
  const middle = bar => bar.x + bar.width / 2;
  let lane = 0, at = -1;
  function describe(bar) {
    const row = rowOf(bar.issue);
    if (!row) return '#' + bar.issue;
    const [issue, priority, start, finish, title] = [...row.cells].map(cell => cell.textContent);
    const agent = row.closest('details').querySelector('summary').firstChild.textContent.trim();
    const critical = bar.critical ? ', on the critical path' : '';
    return `${issue} ${title} (${agent}, ${start} to ${finish}, priority ${priority}${critical})`;
  }
  function select(toLane, toAt) {
    lane = toLane;
    at = toAt;
    const bar = lanes()[lane][at];
    for (const name of ['x', 'y', 'width']) frame.setAttribute(name, bar[name]);
    svg.append(frame);
    out.textContent = describe(bar);
    return bar;
  }
  function go(toLane, toAt) {
    const {x, y, width} = select(toLane, toAt);
    const room = box.clientWidth - 110;
    if (x < box.scrollLeft || x + width > box.scrollLeft + room) box.scrollLeft = x - room / 3;
    if (y < box.scrollTop + 24 || y + 30 > box.scrollTop + box.clientHeight) box.scrollTop = y - box.clientHeight / 3;
  }
  function nearest(toLane) {
    const x = middle(lanes()[lane][at]);
    const bars = lanes()[toLane];
    let best = 0;
    bars.forEach((bar, i) => { if (Math.abs(middle(bar) - x) < Math.abs(middle(bars[best]) - x)) best = i; });
    go(toLane, best);
  }
  const keys = {
    ArrowRight: () => go(lane, Math.min(at + 1, lanes()[lane].length - 1)),
    ArrowLeft: () => go(lane, Math.max(at - 1, 0)),
    ArrowDown: () => nearest(Math.min(lane + 1, lanes().length - 1)),
    ArrowUp: () => nearest(Math.max(lane - 1, 0)),
    Home: () => go(lane, 0),
    End: () => go(lane, lanes()[lane].length - 1),
    Enter: () => { const row = at >= 0 && rowOf(lanes()[lane][at].issue); if (row) reveal(row); },
  };
  box.addEventListener('keydown', event => {
    if (!keys[event.key] || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (at < 0) { if (event.key !== 'Enter') go(0, 0); } else keys[event.key]();
  });
  function pointed(event) {
    if (!svg.contains(event.target)) return false;
    const {left, top} = svg.getBoundingClientRect();
    const x = event.clientX - left, y = event.clientY - top;
    const onLane = lanes().findIndex(([bar]) => y >= bar.y && y < bar.y + Number(svg.dataset.height));
    const onBar = onLane < 0 ? -1 : lanes()[onLane].findIndex(bar => x >= bar.x && x <= bar.x + bar.width + 1);
    if (onBar < 0) return false;
    if (onLane !== lane || onBar !== at) select(onLane, onBar);
    return true;
  }
  box.addEventListener('pointermove', pointed);
  box.addEventListener('click', pointed);
  box.addEventListener('dblclick', event => { if (pointed(event)) keys.Enter(); });
}

const search = $('search');
search.hidden = false;
search.addEventListener('submit', event => event.preventDefault());
let rows = null;
$('find').addEventListener('input', event => {
  if (!rows) waiting().forEach(fill);
  rows = rows || [...document.querySelectorAll('tr[id^=i]')].map(row => [row, row.textContent.toLowerCase()]);
  const wanted = event.target.value.trim().toLowerCase();
  const exact = /^#?\d+$/.test(wanted) && rowOf(wanted.replace('#', ''));
  const found = exact ? [exact] : wanted.length < 2 ? [] : rows.filter(([, text]) => text.includes(wanted)).map(([row]) => row);
  $('found').replaceChildren(...found.slice(0, 20).map(row => {
    const item = document.createElement('li');
    const link = document.createElement('a');
    link.href = '#' + row.id;
    link.textContent = row.cells[0].textContent + ' ' + row.cells[row.cells.length - 1].textContent;
    link.addEventListener('click', () => reveal(row));
    item.append(link);
    return item;
  }));
  if (found.length > 20 || (wanted.length > 1 && !found.length)) {
    const item = document.createElement('li');
    item.textContent = found.length ? 'and ' + (found.length - 20) + ' more' : 'No issue matches.';
    $('found').append(item);
  }
});
})();
)js";

}  // namespace clambake
