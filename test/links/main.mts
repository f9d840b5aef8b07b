import { LinkChecker, LinkState } from 'linkinator';
import { identityOf, readManifest } from '../../scripts/repository/identity.mts';
import { documents, ROOT } from '../support/unit/documents.mts';

/*
 * Checks the links of the documents to other sites. It needs the internet, so it runs each night and not
 * on each push.
 */

const { repository } = identityOf(readManifest());
const { links } = await new LinkChecker().check({
	path: documents,
	serverRoot: ROOT,
	markdown: true,
	concurrency: 5,
	timeout: 30_000,
	retry: true,
	retryErrors: true,
	retryErrorsCount: 2,
	// Examples, and addresses of this package: those exist once it is published.
	linksToSkip: [String.raw`^https?://([^/]+\.)?example(\.com)?(/|$)`, `^https://.*/${repository}`],
	// Many sites refuse programs, and one that is down tonight is no fault of a document.
	statusCodes: { 404: 'error', 410: 'error', '4xx': 'ok', '5xx': 'ok' },
});
const dead = links.filter(({ state }) => state === LinkState.BROKEN);
for (const { url, status, parent } of dead) console.error(`${parent}: ${url} (${status})`);
console.log(`${links.length} links, ${dead.length} lead nowhere`);
if (dead.length > 0) process.exitCode = 1;
