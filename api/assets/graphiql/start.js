"use strict";

// The slugs of this archive's newest edition and of the speaker with the most talks. An empty archive has neither.
const { edition, speaker } = document.getElementById("graphiql").dataset;

// The first tabs that a visitor sees.
const examples = [
  {
    query: `# One edition's programme, day by day.
#
# Ctrl-Enter runs it, Ctrl-Space proposes
# fields, the book on the left explains them.

query Programme($edition: String!) {
  edition(slug: $edition) {
    name
    startsOn
    endsOn
    timezone
    venue { name city }
    days {
      date
      slots {
        startsAt
        endsAt
        kind
        title
        room { name }
        talk {
          slug
          kind
          appearances {
            creditedAs
            company { name }
          }
        }
      }
    }
  }
}
`,
    variables: { edition: edition || "slug-of-an-edition" },
  },
  {
    query: `# A speaker's talks, the companies they were
# given for, and where to watch them.

query SpeakerTalks($speaker: String!) {
  speaker(slug: $speaker) {
    name
    companies { name }
    talks(orderBy: { field: STARTS_AT, direction: DESC }) {
      totalCount
      nodes {
        title
        startsAt
        edition { name }
        appearances {
          creditedAs
          companies { name }
        }
        recordings {
          url
          recording { provider durationSeconds }
        }
      }
    }
  }
}
`,
    variables: { speaker: speaker || "slug-of-a-speaker" },
  },
  {
    query: `# Talks that can be watched. The next page is
# asked for with endCursor in $after.

query RecordedTalks($filter: TalkFilter, $first: Int = 10, $after: String) {
  talks(filter: $filter, orderBy: { field: STARTS_AT }, first: $first, after: $after) {
    totalCount
    nodes {
      title
      slug
      edition { slug name }
      speakers { name }
      recordings { url }
    }
    pageInfo { hasNextPage endCursor }
  }
}
`,
    variables: { filter: { hasRecording: true } },
  },
  {
    query: `# What the archive holds.

query ArchiveTotals {
  archive {
    conferences
    editions
    talks
    speakers
    companies
    recordings
    recordedSeconds
    revision
    updatedAt
    version
  }
}
`,
  },
  {
    query: `# Every change as it comes: nothing is told until
# something is written. (With since: 0, all that
# ever changed comes first.)

subscription ChangesAsTheyCome {
  changes {
    revision
    at
    operation
    kind
    nodeId
    fields
    edition { slug }
  }
}
`,
  },
].map(({ query, variables }) => ({ query, variables: variables ? JSON.stringify(variables, null, 2) : "" }));

// A shared link names a query, its variables and the operation to run. It is shown, never run unasked.
const parameters = new URLSearchParams(location.search);
const shared = parameters.has("query") && {
  query: parameters.get("query"),
  variables: indented(parameters.get("variables") ?? ""),
  operationName: parameters.get("operationName") || undefined,
};

function indented(json) {
  try {
    return JSON.stringify(JSON.parse(json), null, 2);
  } catch {
    return json; // As it came, for the visitor to mend.
  }
}

// The visitor's tabs of last time take the place of the examples.
function hasTabs() {
  try {
    return localStorage.getItem("graphiql:tabState") !== null;
  } catch {
    return false; // Storage is turned off.
  }
}

const tabs = shared ? [shared, ...examples] : examples;
// GraphiQL opens a query given by name in a tab of its own. On a first visit it must be told the first tab's,
// since it would show that without variables.
const opened = shared || (hasTabs() ? {} : examples[0]);

const endpoint = new URL("graphql", document.baseURI);
endpoint.search = "";
const socket = new URL(endpoint);
socket.protocol = socket.protocol === "https:" ? "wss:" : "ws:";

const fetcher = GraphiQL.createFetcher({
  url: endpoint.href,
  headers: { accept: "application/graphql-response+json, application/json;q=0.9" },
  // Only for subscriptions, and opened with the first.
  subscriptionUrl: socket.href,
  // The server knows no @defer, and its Accept header would not be ours.
  enableIncrementalDelivery: false,
});

function App() {
  // GraphiQL holds to this name in every tab: it is let go of with the shared query.
  const [operationName, setOperationName] = React.useState(shared?.operationName);
  return React.createElement(GraphiQL, {
    fetcher,
    defaultTabs: tabs,
    defaultQuery: "", // What a new tab holds.
    query: opened.query,
    variables: opened.variables,
    operationName,
    onEditQuery: () => setOperationName(undefined),
    onTabChange: () => setOperationName(undefined),
    isHeadersEditorEnabled: true,
    shouldPersistHeaders: false, // A token typed there stays out of the browser's storage.
  });
}

ReactDOM.createRoot(document.getElementById("graphiql")).render(React.createElement(App));
