// The peer: octokit reads what our client reads. Prints the milliseconds for
// the lists alone, and for the lists with the blockers of blocked issues.
//   node octokit_fetch.mjs URL TOKEN
import { Octokit } from "@octokit/core";
import { paginateRest } from "@octokit/plugin-paginate-rest";

const [url, token] = process.argv.slice(2);
const Client = Octokit.plugin(paginateRest);
const octokit = new Client({ baseUrl: url, auth: token });
const repository = { owner: "octo", repo: "hello" };

const start = performance.now();
await octokit.request("GET /repos/{owner}/{repo}", repository);
const issues = await octokit.paginate("GET /repos/{owner}/{repo}/issues", { ...repository, state: "open", per_page: 100 });
const pulls = await octokit.paginate("GET /repos/{owner}/{repo}/pulls", { ...repository, state: "open", per_page: 100 });
await octokit.request("GET /repos/{owner}/{repo}/git/matching-refs/{ref}", { ...repository, ref: "heads/agent" });
const lists = performance.now() - start;

let blocked = 0;
for (const issue of issues) {
  if (!(issue.issue_dependencies_summary?.blocked_by > 0)) continue;
  await octokit.paginate("GET /repos/{owner}/{repo}/issues/{issue_number}/dependencies/blocked_by", {
    ...repository,
    issue_number: issue.number,
    per_page: 100,
  });
  ++blocked;
}
if (issues.length !== 1200 || pulls.length !== 200 || blocked !== 150) process.exit(1);
console.log(`${lists} ${performance.now() - start}`);
