"""The agent document as pydantic models (contract.md, "The agent document").

Sections and settings are closed, so that a slip of the pen is found; the objects in which vendors have
knobs of their own (model, voice, transcriber, tool, node, integration, ...) take further keys.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

API_VERSION = "v1"
KIND = "Assistant"

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,199}$")]
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Label = Annotated[str, StringConstraints(max_length=200)]


class Closed(BaseModel):
    """Knows all of its keys; another one is a mistake."""

    model_config = ConfigDict(extra="forbid", strict=True, populate_by_name=True)


class Open(BaseModel):
    """Checks the keys it knows and takes any other one as it is."""

    model_config = ConfigDict(extra="allow", strict=True, populate_by_name=True)


class FallbackModel(Open):
    """A language model that is asked when the one before it does not answer."""

    provider: Word | None = None
    name: Word


class Model(Open):
    """The language model."""

    provider: Word | None = Field(None, description="Who serves the model, e.g. openai.")
    name: Word | None = Field(None, description="The model's name at its provider.")
    temperature: float | None = Field(None, ge=0, le=2)
    max_tokens: int | None = Field(None, ge=-1, description="Longest answer in tokens; -1 is no limit.")
    fallbacks: list[FallbackModel] | None = Field(None, description="Asked in this order.")


class Voice(Open):
    """Text to speech."""

    provider: Word | None = None
    voice_id: Word | None = None
    speed: float | None = Field(None, gt=0, le=4)


class Transcriber(Open):
    """Speech to text."""

    provider: Word | None = None
    model: Word | None = None
    keywords: list[str] | None = Field(None, description="Words that the transcriber should expect.")


class Settings(Closed):
    """How the agent speaks, hears and thinks."""

    language: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]{2,8}([-_][A-Za-z0-9]{1,8})*$")] | None = Field(
        None, description="BCP 47, e.g. en-US."
    )
    greeting: str | None = Field(None, description="The first thing the agent says.")
    model: Model | None = None
    voice: Voice | None = None
    transcriber: Transcriber | None = None


class Node(Open):
    """One step of the flow."""

    type: Word = Field(description="What the step does: say, collect, tool, end, or a vendor's own type.")
    text: str | None = None
    tool: str | None = Field(None, description="The name of a tool in `tools`.")
    variable: str | None = None
    position: dict[str, Any] | Any = Field(None, description="Place on a canvas; not part of the digest.")


class Edge(Open):
    """A way from one step to another."""

    from_: Key = Field(alias="from")
    to: Key
    when: str | None = Field(None, description="The condition; without one the way is always open.")


class Flow(Closed):
    """The conversation as a graph of steps."""

    start: Key = Field(description="The node where the conversation begins.")
    nodes: dict[Key, Node] = Field(min_length=1)
    edges: list[Edge] = Field(default_factory=list)
    viewport: dict[str, Any] | None = Field(None, description="What a canvas shows; not part of the digest.")
    server: dict[str, Any] | None = Field(None, alias="$server")


class Knowledge(Open):
    """One document the agent may quote from."""

    title: Word
    source: str | None = Field(None, description="Where the content comes from.")
    content: str | None = Field(None, description="Markdown.")


class Tool(Open):
    """Something the agent can do."""

    type: Word = Field(description="http, function, reference, or a vendor's own type.")
    name: Word | None = Field(None, description="The name the model calls it by, when it is not the slug.")
    description: str | None = None
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"] | None = None
    endpoint: str | None = None
    auth_ref: str | None = Field(None, description="secrets://<name>, never the secret itself.")
    parameters: dict[str, Any] | None = Field(None, description="A JSON Schema of the arguments.")


class Integration(Open):
    """A system outside that the agent works with."""

    kind: Word
    auth_ref: str | None = Field(None, description="secrets://<name>, never the secret itself.")
    settings: dict[str, Any] | None = None


class Variable(Open):
    """A value that environments set, used as {{name}}."""

    description: str | None = None
    required: bool | None = None
    default: Any = None


class Turn(Open):
    """One exchange of a golden conversation."""

    user: str | None = None
    agent: str | None = None
    expect: dict[str, Any] | None = None


class Test(Open):
    """A golden conversation."""

    description: str | None = None
    turns: list[Turn] = Field(min_length=1)


class Spec(Closed):
    """A configuration: the content of `spec`, in the API `config`. Every section may be left out."""

    settings: Settings | None = None
    prompt: str | None = Field(None, description="Markdown; {{name}} stands for a variable.")
    flow: Flow | None = None
    knowledge: dict[Slug, Knowledge] | None = None
    tools: dict[Slug, Tool] | None = None
    integrations: dict[Slug, Integration] | None = None
    policies: dict[Key, dict[str, Any]] | None = Field(None, description="Rules of conduct, e.g. safety.")
    variables: dict[Key, Variable] | None = None
    tests: dict[Slug, Test] | None = None
    extensions: dict[Slug, Any] | None = Field(None, description="vendor -> whatever only that vendor knows.")


class Metadata(Closed):
    """What the agent is called."""

    name: Word
    description: str | None = None
    labels: dict[Key, Label] | None = None


class Document(Closed):
    """An agent document that stands alone as a file."""

    api_version: Literal["v1"] = Field(alias="apiVersion")
    kind: Literal["Assistant"]
    metadata: Metadata
    spec: Spec
