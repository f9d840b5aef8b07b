import type { NodeStaticData } from '../n8n/static-data';

/**
 * What a trigger node keeps in the static data of its workflow, by name. The names never change: stored
 * data has them.
 */
export const STORED = {
	/** The record of its deliveries: ledger/rows.ts. */
	deliveries: 'cxoneExpert',
	/** What the watch knows: watch/stored.ts. */
	watch: 'cxoneExpertWatch',
	/** Who the users in the filters are: users/stored-ids.ts. */
	userIds: 'cxoneExpertUsers',
} as const;

/** Drops all that a node has stored. */
export function dropAllOf(nodeId: string, staticData: NodeStaticData): void {
	for (const name of Object.values(STORED)) staticData.drop(name, nodeId);
}
