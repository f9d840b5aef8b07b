import pRetry from 'p-retry';
import { readManifest } from '../../../scripts/repository/files.mts';
import { identityOf } from '../../../scripts/repository/identity.mts';
import { send } from '../http.mts';
import { documents, webLinks } from './documents.mts';

/** The links of all documents to other sites, each with the documents that have it. */
export function linksToOtherSites(): Map<string, string[]> {
	const found = new Map<string, string[]>();
	for (const document of documents) {
		for (const url of new Set(webLinks(document).filter(isElsewhere))) {
			found.set(url, [...(found.get(url) ?? []), document]);
		}
	}
	return found;
}

/**
 * Neither an example nor an address of this package: those exist once it is published, and the unit
 * tests look up the files and headings in them.
 */
function isElsewhere(url: string): boolean {
	const isExample = /(^|\.)example(\.com)?$/.test(new URL(url).hostname);
	return !isExample && !url.includes(identityOf(readManifest()).repository);
}

export interface Patience {
	timeoutMs: number;
	/** Between two tries. */
	pauseMs: number;
}

/**
 * Why a link leads nowhere; `undefined` when it leads somewhere. Refusals and failures of a site count as
 * somewhere: many sites refuse programs, and one that is down tonight is no fault of a document. A redirect
 * that is left over is one of a circle.
 */
export async function whyDead(
	url: string,
	{ timeoutMs, pauseMs }: Patience = { timeoutMs: 30_000, pauseMs: 5_000 },
): Promise<string | undefined> {
	const ask = async () => await send(url, { timeoutMs, maxRedirections: 20 });
	try {
		const { status } = await pRetry(ask, { retries: 2, minTimeout: pauseMs });
		const isDead = [404, 410].includes(status) || (status >= 300 && status < 400);
		return isDead ? `${url}: ${status}` : undefined;
	} catch (error) {
		const { message, code } = error as Error & { code?: string };
		return `${url}: ${code ?? message}`;
	}
}
