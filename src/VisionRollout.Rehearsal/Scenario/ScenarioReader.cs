using System.Text.Json;

namespace VisionRollout.Rehearsal.Scenario;

/// <summary>Reads a scenario from JSON (comments and trailing commas allowed) and reports all of its mistakes at once.</summary>
public static class ScenarioReader
{
    private static readonly JsonDocumentOptions Options =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    /// <summary>Reads the scenario file at <paramref name="path"/>.</summary>
    /// <exception cref="ScenarioException">The file is missing, is no JSON, or says what cannot be.</exception>
    public static async Task<RehearsalScenario> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return Read(await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ScenarioException([$"the file {path} cannot be read: {error.Message}"]);
        }
    }

    /// <summary>Reads a scenario from its JSON text.</summary>
    /// <exception cref="ScenarioException">The text is no JSON, or says what cannot be.</exception>
    public static RehearsalScenario Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, Options);
            var problems = new List<string>();
            var scenario = ReadRoot(new ScenarioNode(document.RootElement, "$", problems));
            if (problems.Count == 0) ScenarioRules.Check(scenario, problems);
            return problems.Count == 0 ? scenario : throw new ScenarioException(problems);
        }
        catch (JsonException error)
        {
            throw new ScenarioException([$"it is not JSON: {error.Message}"]);
        }
    }

    /// <summary>Reads one fault, as <c>POST /faults</c> carries it.</summary>
    /// <exception cref="ScenarioException">The element is not a fault.</exception>
    public static ScenarioFault ReadFault(JsonElement element)
    {
        var problems = new List<string>();
        var fault = ReadFault(new ScenarioNode(element, "$", problems));
        if (problems.Count == 0) ScenarioRules.CheckFault(fault, "$", problems);
        return problems.Count == 0 ? fault : throw new ScenarioException(problems);
    }

    private static RehearsalScenario ReadRoot(ScenarioNode node)
    {
        node.Allow("name", "namespace", "seed", "start", "demandPerSecond", "probesPerSecond", "scrapeSeconds", "route", "colourLabel",
            "liveColour", "liveVersion", "gatewayPort", "kubernetesPort", "controlPort", "services", "versions", "people", "faults");
        return new RehearsalScenario
        {
            Name = node.Text("name"),
            Namespace = node.Text("namespace"),
            Seed = node.Whole("seed", int.MinValue, int.MaxValue, 42),
            Start = node.Time("start"),
            DemandPerSecond = node.Number("demandPerSecond", 0, 10_000_000),
            ProbesPerSecond = node.Number("probesPerSecond", 0, 2_000),
            ScrapeSeconds = node.Whole("scrapeSeconds", 1, 300, 15),
            Route = ReadRoute(node.Child("route")),
            ColourLabel = node.Text("colourLabel"),
            LiveColour = node.Text("liveColour"),
            LiveVersion = node.Text("liveVersion"),
            GatewayPort = node.Whole("gatewayPort", 0, 65_535, 0),
            KubernetesPort = node.Whole("kubernetesPort", 0, 65_535, 0),
            ControlPort = node.Whole("controlPort", 0, 65_535, 0),
            Services = node.Items("services", required: true).Select(ReadService).ToArray(),
            Versions = node.Child("versions").Entries().ToDictionary(entry => entry.Key, entry => ReadVersion(entry.Value), StringComparer.Ordinal),
            People = node.Items("people", required: false).Select(ReadPerson).ToArray(),
            Faults = node.Items("faults", required: false).Select(ReadFault).ToArray(),
        };
    }

    private static ScenarioRoute ReadRoute(ScenarioNode node)
    {
        node.Allow("kind", "name", "hosts", "header", "headerValue", "host");
        return new ScenarioRoute
        {
            Kind = node.Text("kind"),
            Name = node.Text("name"),
            Hosts = node.Texts("hosts"),
            Header = node.Text("header"),
            HeaderValue = node.Text("headerValue"),
            Host = node.Text("host"),
        };
    }

    private static ScenarioService ReadService(ScenarioNode node)
    {
        node.Allow("name", "replicas", "port", "container", "image", "deployments", "database", "secret", "external");
        return new ScenarioService
        {
            Name = node.Text("name"),
            Replicas = node.Whole("replicas", 1, 50, 1),
            Port = node.Whole("port", 1, 65_535, 8080),
            Container = node.Text("container"),
            Image = node.Text("image"),
            Deployments = node.Texts("deployments"),
            Database = node.Text("database"),
            Secret = node.Text("secret"),
            External = node.Items("external", required: false).Select(item => item.AsText()).ToArray(),
        };
    }

    private static ScenarioPerson ReadPerson(ScenarioNode node)
    {
        node.Allow("user", "groups");
        return new ScenarioPerson(node.Text("user"), node.Items("groups", required: false).Select(item => item.AsText()).ToArray());
    }

    private static VersionProfile ReadVersion(ScenarioNode node)
    {
        node.Allow("errorRate", "latencyMedianMs", "latencyP99Ms", "startupSeconds", "cpu", "memory");
        return new VersionProfile(
            node.Number("errorRate", 0, 1),
            node.Number("latencyMedianMs", 0.01, 60_000),
            node.Number("latencyP99Ms", 0.01, 60_000),
            node.Number("startupSeconds", 0, 86_400),
            node.Number("cpu", 0, 1),
            node.Number("memory", 0, 1));
    }

    private static ScenarioFault ReadFault(ScenarioNode node)
    {
        node.Allow("name", "afterSeconds", "forSeconds", "target", "magnitude");
        return new ScenarioFault
        {
            Name = node.Text("name"),
            AfterSeconds = node.OptionalNumber("afterSeconds", 0, 1e9) ?? 0,
            ForSeconds = node.OptionalNumber("forSeconds", 0, 1e9),
            Magnitude = node.OptionalNumber("magnitude", 0, 1e9),
            Target = node.Has("target") ? ReadTarget(node.Child("target")) : new ScenarioFaultTarget(),
        };
    }

    private static ScenarioFaultTarget ReadTarget(ScenarioNode node)
    {
        node.Allow("service", "colour", "version", "pod");
        return new ScenarioFaultTarget
        {
            Service = node.OptionalText("service"),
            Colour = node.OptionalText("colour"),
            Version = node.OptionalText("version"),
            Pod = node.OptionalText("pod"),
        };
    }
}
