import type { INodeProperties } from 'n8n-workflow';

import type { UserMessage } from '../../shared/failure-messages';
import { withoutSlashes } from '../input/page-reference';
import { asText, type OperationContext, POINTS_AT_NOTHING } from '../core/operation-context';

/** Where a page goes. */
export function targetField(changes: Partial<INodeProperties>): INodeProperties {
	return {
		displayName: 'New Path',
		name: 'to',
		type: 'string',
		default: '',
		placeholder: 'e.g. Guides/Setup',
		...changes,
	};
}

/** The path without the slashes around it; empty when none is entered. */
export function targetPath(run: OperationContext): string {
	const entered = asText(run.parameter('to'));
	if (/^https?:\/\//i.test(entered)) return run.site.refuse(NO_PATH);
	return withoutSlashes(entered);
}

/** `""` or `"/"`: the place of the home page, which is never free. */
export const NO_TARGET: UserMessage = {
	message: '"New Path" is empty',
	description: `Enter the whole path that the page is to have. ${POINTS_AT_NOTHING}`,
};

const NO_PATH: UserMessage = {
	message: '"New Path" holds an address',
	description:
		'Enter the path alone: what follows the name of the site, such as Guides/Setup for https://help.example.com/Guides/Setup.',
};

/** A site answers 409 for a path that is taken, and for some places where a page may not go. */
export function takenMessages(path: string): UserMessage {
	return {
		message: `The path "${path}" is taken or not possible for this page`,
		description:
			'Choose another path, or move or delete the page that is there first. A page cannot go below itself.',
	};
}
