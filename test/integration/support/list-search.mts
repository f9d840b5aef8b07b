import { randomUUID } from 'node:crypto';
import type { ICredentialDataDecryptedObject, INode, INodeListSearchResult } from 'n8n-workflow';
import type { Simulator } from '../../simulator/index.mts';
import { load, workflowWith } from './action-node.mts';
import { additionalData } from './additional-data.mts';
import { LoadOptionsContext } from './n8n.mts';
import { credentialFor } from './scene.mts';

export interface ListSearch {
	/** What is typed into the list. */
	filter?: string;
	/** Where the list goes on. */
	token?: string;
	credential?: ICredentialDataDecryptedObject;
}

/** What a "From List" field of the action node offers, asked in n8n-core's own context. */
export async function searchList(
	site: Simulator,
	method: string,
	{ filter, token, credential: changed }: ListSearch = {},
): Promise<INodeListSearchResult> {
	const { node: nodeType, credential } = await load();
	const node: INode = {
		id: randomUUID(),
		name: 'CXone Expert',
		type: 'n8n-nodes-cxone-expert.cxoneExpert',
		typeVersion: 1,
		position: [0, 0],
		parameters: {},
		credentials: { cxoneExpertApi: { id: '1', name: 'Expert' } },
	};
	const secrets = { ...credentialFor(site), ...changed };
	const data = additionalData(
		'http://127.0.0.1:5678',
		() => secrets,
		{ credential } as never,
		Infinity,
	);
	const context = new LoadOptionsContext(workflowWith(nodeType, node), node, data, '');
	return await nodeType.methods!.listSearch![method]!.call(context, filter, token);
}
