import type { FunctionsBase } from 'n8n-workflow';

import type { ApiClient } from '../../api/client';
import { pagePath } from '../../api/elements';
import { asExpertError, refusal, type UserMessage } from '../../api/expert-error';
import { readPage } from '../../api/pages';
import { pageKey } from '../../api/path-segment';
import { printable, printableOfSite } from '../../api/redact';
import { isWantedPath, pathSegments } from '../../event/filters';
import { mapConcurrently } from '../map-concurrently';
import type { TriggerParameters } from '../parameters';

/*
 * Finds rows of "Page Paths" that let no event through, because the site has no page there. They do not prevent
 * publishing, as the page may come.
 */

export interface DeadPath {
	/** The row as entered. */
	entered: string;
	/** Path to which its page was moved. */
	movedTo?: string;
}

/** Asks the site for each path. A path counts as fine if the response does not come in time. */
export async function deadPaths(api: ApiClient, { filters }: Pick<TriggerParameters, 'filters'>): Promise<DeadPath[]> {
	const named = filters.pathPrefixes.filter((row) => pathSegments(row).length > 0);
	const judged = await mapConcurrently(named, async (row) => await judgePath(api, row));
	return judged.flat();
}

async function judgePath(api: ApiClient, entered: string): Promise<DeadPath[]> {
	const path = pathSegments(entered).join('/');
	try {
		const page = await readPage(api, pageKey(path), `page "${path}"`);
		const movedTo = pagePath(page) ?? path;
		return isWantedPath(movedTo, [entered]) ? [] : [{ entered, movedTo }];
	} catch (thrown) {
		return asExpertError(thrown).isNotFound ? [{ entered }] : [];
	}
}

/** Whether no row of "Page Paths" lets anything through. */
export function areAllDead(dead: number, { filters }: Pick<TriggerParameters, 'filters'>): boolean {
	return dead > 0 && dead === filters.pathPrefixes.filter((row) => row.trim() !== '').length;
}

/** @throws ExpertError if no test event could pass the filter */
export function refuseDeadPaths(paths: DeadPath[], parameters: Pick<TriggerParameters, 'filters'>): void {
	if (areAllDead(paths.length, parameters)) throw refusal(nothingComes(paths[0]!.entered));
}

/** @param entered a row of "Page Paths" */
export function nothingComes(entered: string): UserMessage {
	return {
		message: `No page is at "${printable(entered)}", which 'Page Paths' names, so no event comes through`,
		description:
			'Enter the path as it stands behind the host in the address of the page, without "Home", or remove the row. The user of the token has to see the page.',
	};
}

export function logDeadPaths(context: Pick<FunctionsBase, 'getNode' | 'logger'>, paths: DeadPath[]): void {
	const { name } = context.getNode();
	for (const { entered, movedTo } of paths) {
		context.logger.warn(
			movedTo === undefined
				? `The CXone Expert site has no page at "${printable(entered)}", which 'Page Paths' of "${name}" names, so it lets no page through. Check each part of the path, which begins below the home page, and publish again.`
				: `The page at "${printable(entered)}", which 'Page Paths' of "${name}" names, is at "${printableOfSite(movedTo)}" now. Enter that path and publish again: the old one lets no page through.`,
		);
	}
}
