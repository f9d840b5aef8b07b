import { actionFaultTable } from './support/action-fault-table.mts';
import { actionScenarios } from './support/action-scenarios.mts';
import { useScenes } from './support/scene.mts';

useScenes();

await actionFaultTable(actionScenarios.filter(({ resource }) => resource === 'webhook'));
