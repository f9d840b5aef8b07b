import PQueue from 'p-queue';
import pRetry from 'p-retry';
import { readManifest, identityOf } from '../../scripts/repository/identity.mts';
import { send } from '../support/http.mts';
import { documents, webLinks } from '../support/unit/documents.mts';

/*
 * Whether the links of the documents to other sites lead somewhere. It needs the internet, so it runs
 * each night and not on each push. Links within the repository are unit tests.
 */

const { repository } = identityOf(readManifest());
const links = new Set(documents.flatMap(webLinks).filter(isElsewhere));
const queue = new PQueue({ concurrency: 5 });
const dead: string[] = [];
for (const url of links) {
	void queue.add(async () => {
		const reason = await whyDead(url);
		if (reason !== undefined) dead.push(`${url}: ${reason}`);
	});
}
await queue.onIdle();
for (const each of dead) console.error(each);
console.log(`${links.size} links to other sites, ${dead.length} lead nowhere`);
if (dead.length > 0) process.exitCode = 1;

/** Neither an example nor an address of this package: those exist once it is published. */
function isElsewhere(url: string): boolean {
	const isExample = /(^|\.)example(\.com)?$/.test(new URL(url).hostname);
	return !isExample && !url.includes(repository);
}

/**
 * Refusals and failures of a site count as somewhere: many sites refuse programs, and one that is down
 * tonight is no fault of a document. A redirect that is left over is one of a circle.
 */
async function whyDead(url: string): Promise<string | undefined> {
	const ask = async () => await send(url, { timeoutMs: 30_000, maxRedirections: 20 });
	try {
		const { status } = await pRetry(ask, { retries: 2, minTimeout: 5_000 });
		const isDead = [404, 410].includes(status) || (status >= 300 && status < 400);
		return isDead ? String(status) : undefined;
	} catch (error) {
		const { message, code } = error as Error & { code?: string };
		return code ?? message;
	}
}
