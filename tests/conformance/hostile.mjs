// What a hostile, broken or strange server can do to the command line: each
// case is refused with its exit code, names the URL, and the token is nowhere.
//   node hostile.mjs CLAMBAKE
import {spawn} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import http from 'node:http';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';

const clambake = resolve(process.argv[2]);
const token = 'ghp_planted00000000000000000000000000000';
const scratch = mkdtempSync(join(tmpdir(), 'clambake-hostile-'));
const problems = [];
const expect = (holds, what) => { if (!holds) problems.push(what); };
const listen = server => new Promise(done => server.listen(0, '127.0.0.1', () => done(`http://127.0.0.1:${server.address().port}`)));

// Stands elsewhere: nothing may come here, the token least of all.
let strays = 0;
const elsewhere = http.createServer((request, response) => { ++strays; response.end('{}'); });
const foreign = await listen(elsewhere);

const json = (response, status, value, headers = {}) => response.writeHead(status, {'content-type': 'application/json', ...headers}).end(JSON.stringify(value));
const repository = name => ({id: 1, full_name: `o/${name}`, default_branch: 'main', open_issues_count: 0});
let traces = '';

const server = http.createServer((request, response) => {
  const [, , , name, rest = ''] = request.url.match(/^(\/)(repos\/o\/|v1\/)([^/?]*)(.*)$/) ?? [];
  switch (name) {
    case 'traces': request.on('data', data => { traces += data; }).on('end', () => response.end('{}')); return;
    case 'absent': json(response, 404, {message: 'Not Found', documentation_url: 'https://docs.github.com/rest'}); return;
    case 'refused': json(response, 401, {message: 'Bad credentials'}); return;
    case 'forbidden': json(response, 403, {message: 'Resource not accessible by personal access token'}); return;
    case 'loop': response.writeHead(302, {location: request.url}).end(); return;
    case 'foreign': response.writeHead(301, {location: foreign + request.url}).end(); return;
    case 'scheme': response.writeHead(301, {location: 'https://127.0.0.1/steal'}).end(); return;
    case 'nowhere': response.writeHead(302).end(); return;
    case 'large': {
      response.writeHead(200, {'content-type': 'application/json'});
      const piece = 'x'.repeat(1 << 20);
      const more = () => { while (!response.destroyed && response.write(piece)) {} };
      response.on('drain', more);
      more();
      return;
    }
    case 'words': json(response, 404, {message: `\u001b[31mred\u202e\n::error::${'x'.repeat(100000)}`}); return;
    case 'endless':
    case 'next': {
      if (rest === '') { json(response, 200, repository(name)); return; }
      const link = name === 'next' ? `${foreign}/2` : `http://${request.headers.host}/repos/o/endless/again`;
      json(response, 200, [], {link: `<${link}>; rel="next"`});
      return;
    }
    default: json(response, 200, {});
  }
});
const url = await listen(server);

function run(args, env = {}) {
  return new Promise(done => {
    const child = spawn(clambake, args, {cwd: scratch, stdio: ['ignore', 'pipe', 'pipe'],
      env: {PATH: process.env.PATH, GH_TOKEN: token, XDG_CACHE_HOME: join(scratch, 'cache'), OTEL_EXPORTER_OTLP_ENDPOINT: url, ...env}});
    let said = '';
    child.stdout.on('data', data => { said += data; });
    child.stderr.on('data', data => { said += data; });
    child.on('close', code => done({code, said}));
  });
}

const fetch = (name, api = url) => ['fetch', '--repo', `o/${name}`, '--api-url', api, '-o', join(scratch, 'out.json')];
const plan = name => ['plan', '--repo', `o/${name}`, '--api-url', url, '--log', 'text', '--metrics', join(scratch, 'metrics.prom')];
const cases = [
  ['404 of a plan, observed', plan('absent'), {}, 5, /\/repos\/o\/absent: HTTP 404: Not Found.*private.*permission/],
  ['a redirect elsewhere, observed', plan('foreign'), {}, 5, /refused to follow/],
  ['no token', fetch('x'), {GH_TOKEN: ''}, 4, /no token for GitHub: set GH_TOKEN .*--token-file.*https:\/\/github\.com\/settings/],
  ['404', fetch('absent'), {}, 5, /\/repos\/o\/absent: HTTP 404: Not Found.*private.*permission/],
  ['401', fetch('refused'), {}, 4, /\/repos\/o\/refused: HTTP 401: Bad credentials/],
  ['403', fetch('forbidden'), {}, 4, /\/repos\/o\/forbidden: HTTP 403: Resource not accessible/],
  ['in the clear', fetch('x', 'http://github.example'), {}, 2, /http:\/\/github\.example: refused, it would send the token in the clear/],
  ['a redirect loop', fetch('loop'), {}, 5, /\/repos\/o\/loop: more than 5 redirects/],
  ['a redirect elsewhere', fetch('foreign'), {}, 5, new RegExp(`/repos/o/foreign: refused to follow ${foreign}/repos/o/foreign away from ${url}`)],
  ['a redirect to another scheme', fetch('scheme'), {}, 5, /refused to follow https:\/\/127\.0\.0\.1\/steal/],
  ['a redirect without a target', fetch('nowhere'), {}, 5, /\/repos\/o\/nowhere: redirect without a target/],
  ['a body over the limit', fetch('large'), {}, 5, /\/repos\/o\/large: the answer is larger than 67108864 bytes/],
  ['pages that do not end', fetch('endless'), {}, 5, /\/repos\/o\/endless\/again: the pages of this list do not end/],
  ['a next page elsewhere', fetch('next'), {}, 5, new RegExp(`refused to follow ${foreign}/2 away`)],
  ['words that command a terminal', fetch('words'), {}, 5, /HTTP 404: .*red/],
];
for (const [what, args, env, code, words] of cases) {
  const answer = await run(args, env);
  const line = answer.said.split('\n').find(text => text.includes('error: ')) ?? answer.said;
  console.log(`${what}: exit ${answer.code}: ${line.slice(0, 300)}`);
  expect(answer.code === code, `${what}: exit ${answer.code}, expected ${code}: ${line.slice(0, 300)}`);
  expect(words.test(line), `${what}: expected ${words}, found: ${line.slice(0, 300)}`);
  expect(answer.said.length < 20000 && !/[\u001b\u202e]/.test(answer.said), `${what}: unfit for a terminal`);
  expect(!answer.said.includes(token), `${what}: the token was printed`);
}
expect(strays === 0, `${strays} requests went elsewhere`);
expect(traces.includes('clambake plan') && !traces.includes(token), 'the traces hold the token, or nothing');
let files = 0;
for (const entry of readdirSync(scratch, {recursive: true, withFileTypes: true})) {
  if (!entry.isFile()) continue;
  ++files;
  expect(!readFileSync(join(entry.path, entry.name)).includes(token), `${entry.name} holds the token`);
  expect(!entry.name.startsWith('out.json'), `${entry.name} was written`);
}
expect(files > 0, 'no file was looked at');
rmSync(scratch, {recursive: true});
problems.forEach(problem => console.log('FAILED: ' + problem));
process.exit(problems.length ? 1 : 0);
