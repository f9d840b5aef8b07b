import PQueue from 'p-queue';
import { linksToOtherSites, whyDead } from '../support/unit/web-links.mts';

/*
 * `node test/links/main.mts`: whether the links of the documents to other sites lead somewhere. It needs the
 * internet, so it runs each night and not on each push. Links within the repository are unit tests.
 */

const links = linksToOtherSites();
const queue = new PQueue({ concurrency: 5 });
const dead: string[] = [];
for (const [url, documents] of links) {
	void queue.add(async () => {
		const reason = await whyDead(url);
		if (reason !== undefined) dead.push(`${reason}, in ${documents.join(', ')}`);
	});
}
await queue.onIdle();
for (const reason of dead) console.error(reason);
console.log(`${links.size} links to other sites, ${dead.length} lead nowhere`);
if (dead.length > 0) process.exitCode = 1;
