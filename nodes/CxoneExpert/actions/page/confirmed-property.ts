import type { UserMessage } from '../../shared/failure-messages';
import type { PageReference } from '../input/page-reference';
import type { ApiFailure } from '../../api/failure';
import { secretsOf, redact } from '../../api/redact';
import { attribute, child, textOf, type XmlElement } from '../../api/xml';
import type { OperationContext } from '../core/operation-context';
import { propertyNamed } from './property';

/** Finishes the sentence "while n8n tried to …". */
export function settingOf(name: string, { label }: PageReference): string {
	return `set the property "${name}" of ${label}`;
}

/** The call can succeed as a whole while the property in it does not. */
export function confirmedProperty(
	run: OperationContext,
	properties: XmlElement,
	name: string,
	reference: PageReference,
): XmlElement {
	const property = propertyNamed(properties, name);
	const status = child(property, 'status');
	const code = attribute(status, 'code') ?? '200';
	if (property !== undefined && code === '200') return property;
	if (property === undefined) return run.site.refuse(UNCONFIRMED);
	const said = textOf(status) ?? textOf(child(status, 'error'), 'message');
	const secrets = secretsOf(run.site.credential);
	const failure: ApiFailure = {
		kind: 'http-status',
		status: Number(code),
		...(said === undefined ? {} : { siteMessage: redact(said, secrets) }),
	};
	return run.site.fail(failure, {
		doing: settingOf(name, reference),
		messages: { [Number(code)]: NOT_SET, 409: CHANGED },
	});
}

const UNCONFIRMED: UserMessage = {
	message: 'Expert did not confirm that the property was set',
	description: 'Read the property to see whether it has the new value, and set it again if not.',
};

const NOT_SET: UserMessage = {
	message: 'Expert did not set the property',
	description: 'Check its name, its value and the option "Content Type".',
};

export const CHANGED: UserMessage = {
	message: 'The property was changed by somebody else at the same moment',
	description: 'Nothing was set. Run the node again.',
};
