import { compact } from '../../../api/elements';
import type { StatusMessages, UserMessage } from '../../../api/expert-error';
import { tagNames } from '../../../api/page-fields';
import type { XmlElement } from '../../../api/xml';
import { type Allow, allowField, allowFor, refusedUnlessAllowed } from '../../overrides';
import { onlyEntered, optionsField } from '../../../parameters/field';
import { defineOperation, type Operation, type OperationLabels } from '../../core/operation';
import { outputs } from '../../core/results';
import { OWN, pageCall, pageOf, pageToChange } from '../../find-page';
import { targetPage } from '../../page-field';
import type { PageReference } from '../../page-reference';
import { tagsField } from '../field';
import { changeTags, type TagCalls, tagsWithout } from '../tags';

const allow = allowField('pages/tags');

/**
 * PUT /pages/{id}/tags, which replaces all tags.
 *
 * @param change makes the new tags of the present ones and those entered
 */
export function changingPageTags(
	labels: OperationLabels,
	change: (before: string[], named: string[]) => string[],
): Operation {
	return defineOperation({
		...labels,
		fields: { page: targetPage, tags: tagsField, options: optionsField({ allow }) },
		async run(run, { page: named, tags, options }) {
			const page = await pageToChange(run, named);
			const calls = tagCalls(page, options.allow);
			const { before, after } = await changeTags(run, calls, (found) => change(found, tags));
			const names = tagNames(after);
			const changes = { added: tagsWithout(names, before), removed: tagsWithout(before, names) };
			return outputs([{ ...tagsItem(page, after), ...changes }]);
		},
	});
}

export function tagCalls(page: PageReference, allowed: Allow): TagCalls {
	const allow = allowFor('pages/tags', allowed);
	const refused = { ...NOT_ALLOWED, ...refusedUnlessAllowed(allow, TAGS_REFUSED) };
	const write = pageCall('PUT', page, '/tags', 'change the tags of', refused);
	return {
		read: { ...readTagsCall(page), query: OWN },
		write: { ...write, query: { ...write.query, ...onlyEntered({ allow: allow.value }) } },
	};
}

export function readTagsCall(page: PageReference) {
	return pageCall('GET', page, '/tags', 'read the tags of', NOT_ALLOWED);
}

const TAGS_REFUSED: UserMessage = {
	message: 'Expert did not change the tags of this page',
	description: 'Open the page to see which tags it has, and try again.',
};

const NOT_ALLOWED: StatusMessages = {
	403: {
		message: 'Expert did not give access to the tags of this page',
		description:
			'The page may be a draft that was never published: set its tags in Expert, or publish it first. Otherwise, the user of the token may lack the right, or the token may have expired: run the test of the CXone Expert API credential, and look at the permissions of the user.',
	},
};

/** Names the page, too, for the next node. */
export function tagsItem(page: PageReference, tags: XmlElement) {
	return compact({ page: pageOf(page, tags), tags: tagNames(tags) });
}
