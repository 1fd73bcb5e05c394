// What a reader does with a report, done in Chromium.
//   node report.mjs CHROMIUM PROFILE report FOLDER SHOTS
//   node report.mjs CHROMIUM PROFILE page PAGE
//   node report.mjs CHROMIUM PROFILE time PAGE    how long until it answers a key
import {writeFileSync} from 'node:fs';
import {resolve} from 'node:path';
import {pathToFileURL} from 'node:url';
import {openBrowser, openPage} from './browser.mjs';

const [executable, profile, mode, target, shots] = process.argv.slice(2);
const problems = [];
const expect = (holds, what) => { if (!holds) problems.push(what); };
const urlOf = path => pathToFileURL(resolve(path)).href;

async function tabTo(page, id) {
  for (let i = 0; i < 400; ++i) {
    await page.press('Tab');
    if (await page.run('document.activeElement.id') === id) return true;
  }
  return false;
}

async function checkKeyboard(page, name) {
  await page.press('Tab');
  expect(await page.run('document.activeElement.className') === 'skip', `${name}: the first stop is not the skip link`);
  expect(await tabTo(page, 'timeline'), `${name}: Tab does not reach the timeline`);
  const said = [];
  for (const key of ['ArrowRight', 'ArrowRight', 'End', 'Home', 'ArrowDown', 'ArrowUp', 'ArrowLeft']) {
    await page.press(key);
    said.push(await page.run('document.getElementById("timeline-out").textContent'));
  }
  expect(said.every(text => /^#\d+ .*\(agent\d+, .* to .*priority/.test(text)), `${name}: arrow keys say ${JSON.stringify(said)}`);
  expect(new Set(said).size > 1, `${name}: arrow keys do not move`);
  const number = /^#(\d+)/.exec(said.at(-1))[1];
  await page.press('Enter');
  expect(await page.run('document.activeElement.id') === 'i' + number, `${name}: Enter does not go to the row of #${number}`);
  expect(await page.run('document.activeElement.checkVisibility()'), `${name}: the row is not visible`);
}

async function checkSearch(page, name) {
  await page.run('document.getElementById("find").focus()');
  for (const key of '#3') await page.press(key, key);
  expect(/^#3 /.test(await page.run('document.getElementById("found").textContent')), `${name}: the search does not find #3`);
  await page.run('document.querySelector("#found a").focus()');
  await page.press('Enter', '\r');
  expect(await page.run('document.activeElement.id') === 'i3', `${name}: the search does not lead to #3`);
}

async function checkTheme(page, name) {
  const color = () => page.run('getComputedStyle(document.body).backgroundColor');
  for (const scheme of ['light', 'dark']) {
    await page.run('void delete document.documentElement.dataset.theme');
    await page.send('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: scheme}]});
    const before = await color();
    expect(before === (scheme === 'dark' ? 'rgb(18, 22, 27)' : 'rgb(255, 255, 255)'), `${name}: ${scheme} is ${before}`);
    await page.run('document.getElementById("theme").click()');
    expect(await color() !== before, `${name}: the theme button changes nothing in ${scheme}`);
    await page.run('document.getElementById("theme").click()');
    expect(await color() === before, `${name}: the theme button does not come back in ${scheme}`);
  }
}

// What a screen reader is told: everything to operate or to look at has a name.
async function checkNames(page, name) {
  const {nodes} = await page.send('Accessibility.getFullAXTree');
  const named = ['link', 'button', 'searchbox', 'textbox', 'application', 'image', 'img', 'region', 'navigation', 'heading', 'table'];
  const seen = new Set();
  for (const node of nodes.filter(n => !n.ignored && named.includes(n.role?.value))) {
    seen.add(node.role.value);
    // Tables inside an agent's list are named by its summary.
    if (node.role.value !== 'table') expect(node.name?.value, `${name}: a ${node.role.value} has no name`);
  }
  for (const role of ['heading', 'navigation', 'application', 'table', 'searchbox']) expect(seen.has(role), `${name}: no ${role} for screen readers`);
  expect(await page.run('document.querySelectorAll("h1").length') === 1, `${name}: not one h1`);
}

async function checkWidths(page, name) {
  await page.run('void delete document.documentElement.dataset.theme');
  for (const width of [360, 800, 1280]) {
    for (const scheme of ['light', 'dark']) {
      await page.resize(width, 1000);
      await page.send('Emulation.setEmulatedMedia', {features: [{name: 'prefers-color-scheme', value: scheme}]});
      const wide = await page.run('document.documentElement.scrollWidth');
      expect(wide <= width, `${name}: ${wide} pixels wide in a window of ${width}`);
      await page.run('scrollTo(0, 0)');
      const {data} = await page.send('Page.captureScreenshot', {captureBeyondViewport: true, clip: {x: 0, y: 0, width, height: 2400, scale: 1}});
      writeFileSync(`${shots}/${name}-${width}-${scheme}.png`, Buffer.from(data, 'base64'));
      const y = await page.run('document.getElementById("migration").getBoundingClientRect().top + scrollY');
      const lower = await page.send('Page.captureScreenshot', {captureBeyondViewport: true, clip: {x: 0, y, width, height: 2400, scale: 1}});
      writeFileSync(`${shots}/${name}-${width}-${scheme}-migration.png`, Buffer.from(lower.data, 'base64'));
    }
  }
}

// The migration is drawn where there is a state, and its absence explained where there is none.
async function checkMigration(page, name) {
  const text = await page.run('document.getElementById("migration").textContent');
  if (name !== 'small') return expect(/Not shown: there is no state yet/.test(text), `${name}: the absence of a migration is not explained`);
  for (const wanted of ['planner complete', 'bundler running', 'latched: legacy runs', 'verdict: ', 'between ', 'L1_blocked', 'Incidents', '31 of 31 spans'])
    expect(text.includes(wanted), `${name}: the migration does not say "${wanted}"`);
  expect(await page.run('document.querySelectorAll("#migration svg[role=img]").length') === 3, `${name}: not three stairs`);
}

async function checkReport(browser, name) {
  const page = await openPage(browser, urlOf(`${target}/${name}.html`));
  await page.resize(1280, 1000);
  await checkKeyboard(page, name);
  await checkSearch(page, name);
  await checkTheme(page, name);
  await checkNames(page, name);
  await checkMigration(page, name);
  await checkWidths(page, name);
  expect(await page.run('typeof window.pwned') === 'undefined', `${name}: an issue's title ran as a script`);
  problems.push(...page.complaints.map(complaint => `${name}: ${complaint}`));
  await page.close();
}

const browser = await openBrowser(executable, profile);
try {
  if (mode === 'page') {
    const page = await openPage(browser, urlOf(target));
    problems.push(...page.complaints);
  } else if (mode === 'time') {
    const start = performance.now();
    const cpu = async page => (await page.send('Performance.getMetrics')).metrics.find(m => m.name === 'ProcessTime').value * 1e3;
    const page = await openPage(browser, urlOf(target));
    await page.run('document.getElementById("timeline").focus()');
    await page.press('ArrowRight');
    const answer = await page.run('document.getElementById("timeline-out").textContent');
    const interactive = await page.run('performance.getEntriesByType("navigation")[0].domInteractive');
    await page.send('Performance.enable', {timeDomain: 'threadTicks'});
    console.log(`interactive after ${Math.round(interactive)} ms (the page's process used ${Math.round(await cpu(page))} ms of a processor, the answer included); a key is answered ${Math.round(performance.now() - start)} ms after opening: ${answer}`);
  } else {
    for (const name of ['small', 'large', 'hostile']) await checkReport(browser, name);
  }
} catch (error) {
  problems.push(String(error.stack));
} finally {
  await browser.close();
}
problems.forEach(problem => console.log(problem));
console.log(problems.length ? `${problems.length} problems` : 'no problem');
process.exit(problems.length ? 1 : 0);
