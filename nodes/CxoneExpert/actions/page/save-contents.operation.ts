import type { IDataObject } from 'n8n-workflow';

import type { UserMessage } from '../../shared/failure-messages';
import { numberOf } from '../../api/elements';
import { compact } from '../../api/compact';
import { attribute, child, type XmlElement } from '../../api/xml';
import { choice } from '../input/choice';
import { type Operation, outputs } from '../core/operation';
import { asText, type OperationContext, POINTS_AT_NOTHING } from '../core/operation-context';
import { pageToWrite } from './found-page';
import { pageItem } from './page-item';
import { paragraphsOf } from './plain-text';
import { type Abort, CONFLICT, saveCondition } from './save-condition';
import { FORMATS, saveFields } from './save-fields';

/**
 * POST /pages/{id}/contents: makes a new page, or a new revision of a page.
 *
 * The body is `text/plain` with the HTML as it is. The specification shows an XML document in its
 * place, but there `&nbsp;` and `<br>` are refused, and HTML that is escaped inside it is shown to
 * readers as text: the site takes the inner XML of `body`, not its text. With `text/plain` the site
 * reads the body as HTML, tidies what is not well-formed and needs no escapes. Sources: the vendor's
 * page on this call ("Input: text/plain"), and the public code of the predecessor of the API. Without
 * the charset all that is not ASCII would arrive as `?`.
 */
export const savePageContents: Operation = {
	value: 'saveContents',
	name: 'Create or Update Contents',
	action: 'Create or update the contents of a page',
	description: 'Write the text of a page, which is created if it does not exist',
	fields: saveFields,
	async run(run) {
		const body = bodyOf(run);
		const { abort, edittime } = saveCondition(run);
		const { key, label } = await pageToWrite(run, ADVICE);
		const edit = await run.site.read(
			{
				method: 'POST',
				path: `/pages/${key}/contents`,
				query: { edittime, abort, ...compact(described(run)) },
				body,
				contentType: 'text/plain; charset=utf-8',
				messages: { ...ADVICE, 409: CONFLICT[abort], 412: CONFLICT[abort] },
				doing: `save the contents of ${label}`,
				// A busy site may have done it all the same: twice the same text is worse than none.
				mayRepeat: async () => run.options.append !== true,
			},
			'edit',
		);
		return outputs([saved(run, edit, abort)]);
	},
};

function described({ options }: OperationContext) {
	return {
		section: options.append === true ? 0 : undefined,
		title: asText(options.title) || undefined,
		comment: asText(options.comment) || undefined,
	};
}

function bodyOf(run: OperationContext): string {
	const contents = run.parameter('contents');
	const text = typeof contents === 'number' ? asText(contents) : contents;
	if (typeof text === 'string' && text.trim() !== '') {
		return choice(run, 'Format', run.parameter('format'), FORMATS) === 'text'
			? paragraphsOf(text)
			: text;
	}
	return run.site.refuse(typeof text === 'object' && text !== null ? NO_TEXT : NOTHING);
}

const NO_TEXT: UserMessage = {
	message: '"Contents" is a list or an object, not a text',
	description:
		'Choose the field of the incoming item that holds the text, such as {{ $json.html }}.',
};

const NOTHING: UserMessage = {
	message: '"Contents" is empty',
	description: `Enter the text of the page. ${POINTS_AT_NOTHING} To empty a page, enter <p></p>.`,
};

const ADVICE = {
	403: {
		message: 'Expert did not allow to save the page',
		description:
			'The user of the token may lack the right to change it or to create a page there, the page may be a draft that was never published, or the token has run out. Run the test of the CXone Expert API credential, and look at the permissions of the user.',
	},
	404: {
		message: 'There is no such page',
		description:
			'Only a page that is named by its path is created. Choose "By Path" and enter where it is to be, or check the ID.',
	},
};

function saved(run: OperationContext, edit: XmlElement, abort: Abort): IDataObject {
	const status = attribute(edit, 'status');
	const page = child(edit, 'page');
	if (status === 'conflict') return run.site.refuse(CONFLICT[abort]);
	if (status !== 'success' || page === undefined) return run.site.refuse(UNCONFIRMED);
	if (!run.flag('simplify')) return edit;
	return compact({ ...pageItem(page), created: wasCreated(page, abort) });
}

const UNCONFIRMED: UserMessage = {
	message: 'Expert did not confirm that the page was saved',
	description: 'Open the page to see whether it holds the new text, and save again if it does not.',
};

/** The answer does not say it outright: the first revision can be one that nobody had to change. */
function wasCreated(page: XmlElement, abort: Abort): boolean | undefined {
	if (abort === 'exists') return true;
	const revision = numberOf(attribute(page, 'revision'));
	return revision !== undefined && revision > 1 ? false : undefined;
}
