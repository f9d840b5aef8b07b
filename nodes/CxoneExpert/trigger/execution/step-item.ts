import type { IDataObject, INodeExecutionData, NodeOperationError } from 'n8n-workflow';

import { compact } from '../../api/elements';
import { ExpertError } from '../../api/expert-error';
import { pageOfItem } from '../../event/item';
import { type PageQuery, pageQuery } from './page-query';

/** One item on its way through the trigger's own step. */
export class StepItem {
	/** As n8n gave it. */
	readonly given: INodeExecutionData;
	/** What the site says of the page, or why it does not; `undefined` if the page is unknown or was not asked for. */
	found: IDataObject | ExpertError | undefined;
	/** Of the user, if the event has only the ID and the site tells. */
	userName: string | undefined;
	/** Option that leaves it out, as the workflow author knows it. */
	leftOutBy: string | undefined;
	/** The workflow has run for it before. */
	hasRun = false;
	/** Why it cannot be decided yet whether it goes on. */
	undecided: NodeOperationError | undefined;
	/** Row in n8n's store of the page whose first publication this may be. */
	publishes: string | undefined;
	/** What the step adds to the item. */
	readonly added: {
		firstPublication?: true;
		page?: IDataObject | undefined;
		user?: IDataObject | undefined;
		restriction?: IDataObject | undefined;
		redelivered?: true;
	} = {};

	constructor(given: INodeExecutionData) {
		this.given = given;
	}

	get event(): IDataObject {
		return this.given.json;
	}

	/** What to ask the site about the page; `undefined` if there is nothing to ask. */
	get query(): PageQuery | undefined {
		return pageQuery(this.event);
	}

	/** The page as the event names it. */
	get named(): IDataObject | undefined {
		return pageOfItem(this.event);
	}

	/** The page as event and site describe it. Its draft state is the site's: it may have been published since. */
	get page(): IDataObject | undefined {
		const { named, found } = this;
		if (found === undefined) return named;
		if (found instanceof ExpertError) return { ...named, details: found.text };
		const details = compact({ ...found, restriction: undefined });
		return { ...details, ...named, ...compact({ draftState: found.draftState }) };
	}

	/** The new restriction of an event, with its name if it still is that of the page. */
	get restriction(): IDataObject | undefined {
		const { id } = (this.event.restriction ?? {}) as IDataObject;
		const now = this.found instanceof ExpertError ? undefined : this.found?.restriction;
		const { id: idNow, name } = (now ?? {}) as IDataObject;
		return id === undefined ? undefined : compact({ id, name: id === idNow ? name : undefined });
	}

	/** Nothing else needs to be decided then. */
	leaveOut(by: string): void {
		this.leftOutBy = by;
		this.undecided = undefined;
	}

	/** A new item, because n8n may keep the one that it gave. Additions are in the order of an event that has them. */
	get output(): INodeExecutionData {
		const { eventType, eventName } = this.event;
		const { redelivered, firstPublication, page, user, restriction } = this.added;
		const leading = compact({ eventType, eventName, firstPublication, page, user });
		const rest = compact({ restriction, redelivered });
		const json = { ...leading, ...this.event, ...leading, ...rest };
		return { ...this.given, json };
	}
}

export function goesOn({ leftOutBy, hasRun, undecided }: StepItem): boolean {
	return leftOutBy === undefined && !hasRun && undecided === undefined;
}
