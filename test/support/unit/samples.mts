import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';

import type { TriggerParameters } from '../../../nodes/CxoneExpert/trigger/parameters.ts';
import { type XmlElement, readXml } from '../../../nodes/CxoneExpert/api/xml.ts';

/** The bytes of a document in test/support/fixtures/events. */
export function eventBytes(name: string): Buffer {
	return readFileSync(new URL(`../fixtures/events/${name}.xml`, import.meta.url));
}

/** The node's parameters as they are when nothing was changed, with "All Events" chosen. */
export function parameters(changed: Partial<TriggerParameters> = {}): TriggerParameters {
	return {
		events: [],
		allEvents: true,
		simplify: true,
		filters: {
			...{ pathPrefixes: [], languages: [], excludeUsers: [], pageTags: [] },
			...{ ignoreOwnChanges: false, skipDrafts: false },
		},
		deliveriesPerExecution: 'one',
		repairWebhook: true,
		recoverMissedChanges: true,
		checkEveryMs: 300_000,
		maxDeliveryAgeSeconds: 3600,
		includeHeaders: false,
		includeRawXml: false,
		...changed,
	};
}

/** The root element of a document that must be readable. */
export function rootOf(xml: string): XmlElement {
	const read = readXml(xml);
	if (typeof read === 'string') throw new Error(read);
	return read.root;
}

/** The site's `X-Nexus-Signature-256`, computed independently of the node. */
export function signatureOf(secret: string, timestamp: string, body: Buffer): string {
	const signed = Buffer.concat([Buffer.from(`${timestamp}.`), body]);
	return `sha256=${createHmac('sha256', secret).update(signed).digest('hex')}`;
}
