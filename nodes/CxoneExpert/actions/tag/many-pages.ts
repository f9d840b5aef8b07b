import { asExpertError, type StatusMessage } from '../../api/expert-error';
import { writeXml } from '../../api/xml';
import { adviceIfEmpty, asList, asText, type Field, refuse } from '../../parameters/field';
import { defineOperation, type Operation, type OperationContext, type OperationLabels } from '../core/operation';
import { outputs } from '../core/results';
import { tagsField } from './field';

/** Takes each ID once; an expression can give items that have one. */
const pages: Field<string[]> = {
	property: {
		displayName: 'Pages',
		name: 'pages',
		type: 'string',
		default: '',
		required: true,
		placeholder: 'e.g. 42, 43',
		description: 'IDs of the pages, separated by commas, or an expression that gives a list of IDs or of pages',
	},
	read(entered) {
		const entries: unknown[] = Array.isArray(entered) ? entered : asList(entered);
		const ids = entries.map(enteredId).filter((id) => id !== '');
		if (ids.length > 0) return [...new Set(ids)];
		return refuse({
			message: "'Pages' is empty",
			...adviceIfEmpty('Enter the IDs of one or more pages, separated by commas.'),
		});
	},
};

function enteredId(entry: unknown): string {
	const { page, id } = (typeof entry === 'object' && entry !== null ? entry : { id: entry }) as Record<string, unknown>;
	if (typeof page === 'object' && page !== null) return enteredId(page);
	const text = asText(id);
	if (/^\d*$/.test(text) && (text !== '' || typeof entry === 'string')) return text;
	return refuse({
		message: `"${text.slice(0, 100)}" is not the ID of a page`,
		description:
			'An ID is a number, such as 42. Enter numbers separated by commas, or let the expression give a list of them.',
		toModel: 'An id is a number, such as 42. Pass numbers separated by commas.',
	});
}

/** Limits the size of a request. */
const PAGES_PER_CALL = 100;

/** POST /site/tags, which says nothing in its response. */
export function changingManyPages(labels: OperationLabels, element: 'tag.add' | 'tag.remove'): Operation {
	return defineOperation({
		...labels,
		fields: { tags: tagsField, pages },
		async run(run, { tags, pages }) {
			const all = tags.length === 0 ? 0 : pages.length;
			for (let done = 0; done < all; done += PAGES_PER_CALL) {
				const some = pages.slice(done, done + PAGES_PER_CALL);
				await changeSome(run, element, tags, some).catch((thrown: unknown) => {
					throw done === 0 ? thrown : halfDone(thrown, done, pages.length);
				});
			}
			return outputs([{ tags, pages }]);
		},
	});
}

async function changeSome({ site }: OperationContext, element: string, tags: string[], ids: string[]): Promise<void> {
	const page = ids.map((id) => ({ '@id': id }));
	const body = writeXml('tags', { [element]: tags.map((name) => ({ '@value': name, page })) });
	const messages = { 403: NO_SEAT, 404: NO_SUCH_PAGE };
	const doing = 'change the tags of pages';
	await site.read({ method: 'POST', path: '/site/tags', body, doing, messages }, 'tags');
}

function halfDone(thrown: unknown, done: number, all: number): never {
	const error = asExpertError(thrown);
	const next = Math.min(PAGES_PER_CALL, all - done);
	const rest = error.mayHaveBeenDone ? `and perhaps the next ${next}, but no others` : 'the others are not';
	const message = `The first ${done} of ${all} pages are changed, ${rest}`;
	const again = 'Run it again for all of them: that does no harm.';
	return refuse({ message, ...error.textsWith(again) }, error);
}

const NO_SEAT: StatusMessage = {
	message: 'Expert did not allow changing the tags of these pages',
	description:
		'The user of the token needs a seat, and the right to change each page. If both are so, the token may have expired: run the test of the CXone Expert API credential.',
};

const NO_SUCH_PAGE: StatusMessage = {
	message: 'Expert did not find all of these pages',
	description:
		"One of them may have been deleted, or the user of the token may not see it. Check the IDs in the field 'Pages'.",
	toModel: 'One of them may have been deleted, or the user of the token may not see it. Check the ids.',
};
