// Writes the backlogs that the browser test looks at: 8 issues, 800, 3,000
// whose tables wait as texts, and 40 whose titles are attacks.
import {writeFileSync} from 'node:fs';

const words = 'fix add remove parser cache planner timeout retry flaky docs crash empty input scroll release'.split(' ');
const priorities = ['low', 'medium', 'high', 'very-high', null];
let state = 7;
const next = n => (state = (state * 48271) % 2147483647) % n;

function backlog(count, title) {
  const issues = [], blocked_by = [], estimates = [];
  for (let number = 1; number <= count; ++number) {
    const priority = priorities[next(5)];
    const labels = [next(20) === 0 ? 'route:human-only' : 'route:ready'];
    if (priority) labels.push('route:priority-' + priority);
    issues.push({number, title: title(number), state: 'open', labels: labels.map(name => ({name}))});
    estimates.push({issue: number, minutes: [15, 30, 60, 90, 240][next(5)]});
    if (number > 3 && next(4) === 0) blocked_by.push({issue: number, blocked_by: [1 + next(number - 1)]});
  }
  return {schema: 'clambake.backlog/1', repository: 'example/farm', issues, blocked_by, estimates};
}

const plain = () => Array.from({length: 7}, () => words[next(words.length)]).join(' ');
const attacks = [
  '<script>window.pwned = 1</script>', '</script><script>window.pwned = 1</script>',
  '<img src="http://127.0.0.1:9/leak" onerror="window.pwned = 1">', '<svg onload="window.pwned = 1">',
  '"><iframe src="http://127.0.0.1:9/leak"></iframe>', '\' onmouseover=\'window.pwned = 1',
  '<style>@import url(http://127.0.0.1:9/leak);</style>', '<meta http-equiv="refresh" content="0;url=http://127.0.0.1:9/leak">',
  '<link rel="stylesheet" href="http://127.0.0.1:9/leak">', '<a href="javascript:window.pwned = 1">x</a>',
  '<base href="http://127.0.0.1:9/">', '</td></table></details></main><form action="http://127.0.0.1:9/leak">',
  '\u202e reversed \u200b hidden', 'x'.repeat(5000), '<' .repeat(400), '&lt;script&gt;', '{{7*7}} ${7*7}',
];
const folder = process.argv[2];
writeFileSync(folder + '/small.json', JSON.stringify(backlog(8, plain)));
writeFileSync(folder + '/large.json', JSON.stringify(backlog(800, plain)));
writeFileSync(folder + '/long.json', JSON.stringify(backlog(3000, i => attacks[i % attacks.length].slice(0, 60))));
writeFileSync(folder + '/hostile.json', JSON.stringify(backlog(40, i => attacks[i % attacks.length])));
