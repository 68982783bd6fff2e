using VisionRollout.Core.Alerts;
using VisionRollout.Core.Databases;
using VisionRollout.Core.Plan.Reading;

namespace VisionRollout.Core.Plan;

/// <summary>Turns the nodes of a plan file into a plan and reports every mistake at once.
/// A key is declared by asking for it here; this is the only place that names it.</summary>
public static class PlanReader
{
    /// <summary>Values that <see cref="PlanMessage.Status"/> may have.</summary>
    public static IReadOnlyList<string> Statuses { get; } = ["scheduled", "in_progress", "verifying", "completed"];

    private static readonly string[] Grades = ["Low", "Medium", "High"];
    private static readonly string[] Categories = ["Technical", "Business", "Operational"];
    private static readonly string[] RouteKinds = ["VirtualService", "HTTPRoute"];

    /// <summary>Reads a plan.</summary>
    /// <param name="root">The file's hashtable.</param>
    /// <param name="path">Full path of the file.</param>
    /// <param name="hash">SHA-256 of the file, lower-case hexadecimal.</param>
    /// <param name="already">Mistakes that the reader of the file format found.</param>
    /// <param name="isThere">Tells whether a file that the plan names is there; null when that is not to be asked.</param>
    public static PlanReading Read(PlanNode root, string path, string hash, IReadOnlyList<PlanProblem>? already = null, Func<string, bool>? isThere = null)
    {
        ArgumentNullException.ThrowIfNull(root);
        var log = new PlanLog();
        foreach (var problem in already ?? []) log.ReportAt(problem.Line, problem.Column, problem.Where, problem.Message, problem.Suggestion);
        log.Place("", root.Line, root.Column);
        var plan = PlanValues.Section(section => ReadPlan(section, path, hash)).Read(new PlanCursor(root, "", log));
        PlanRules.Check(plan, log);
        ManifestRules.Check(plan, log, isThere);
        var problems = log.Problems;
        return new PlanReading(problems.Count == 0 ? plan : null, problems);
    }

    private static RolloutPlan ReadPlan(PlanSection section, string path, string hash)
    {
        var colours = section.Required("Colours", PlanValues.Section(ReadColours));
        return new RolloutPlan
        {
            Path = path,
            Hash = hash,
            Name = section.Required("Name", PlanValues.ObjectName),
            Title = section.Required("Title", PlanValues.Text),
            Version = section.OptionalOrNull("Version", PlanValues.Text),
            Colours = colours,
            Environments = section.Required("Environments", Many(item => ReadEnvironment(item, colours))),
            Services = section.Required("Services", Many(item => ReadService(item, colours))),
            Timeline = section.Required("Timeline", Many(ReadPhase)),
            Canary = section.Required("Canary", PlanValues.Section(ReadCanary)),
            Gates = section.Required("Gates", Many(ReadGate)),
            SuccessCriteria = section.Required("SuccessCriteria", Many(ReadCriterion)),
            Risks = section.Required("Risks", Many(ReadRisk)),
            Checklists = section.Required("Checklists", Many(ReadChecklist)),
            Contacts = section.Required("Contacts", Many(ReadContact)),
            Channels = section.Required("Channels", Many(ReadChannel)),
            Messages = section.Required("Messages", Many(ReadMessage)),
            Rollback = section.Required("Rollback", PlanValues.Section(ReadRollback)),
            Metrics = section.Optional("Metrics", PlanValues.Section(ReadMetrics), new PlanMetrics()),
            Backups = section.Optional("Backups", PlanValues.Section(ReadBackups), new PlanBackups()),
            Silences = section.Optional("Silences", PlanValues.List(PlanValues.Section(item => ReadSilence(item, colours))), []),
            Links = section.Optional("Links", PlanValues.Table(PlanValues.WebAddress.Select(address => address.OriginalString)), new Dictionary<string, string>()),
        };
    }

    private static PlanColours ReadColours(PlanSection section) => new(
        section.Required("Label", PlanValues.Text),
        section.Required("Names", PlanValues.List(PlanValues.ObjectName)
            .Where(names => names.Count == 2 && names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == 2,
                "these are not two colours.", "Name exactly two, e.g. Names = 'green', 'blue'.")));

    private static PlanEnvironment ReadEnvironment(PlanSection section, PlanColours colours) => new()
    {
        Name = section.Required("Name", PlanValues.ObjectName),
        Namespace = section.Required("Namespace", PlanValues.ObjectName),
        Route = section.Required("Route", PlanValues.Section(item => ReadRoute(item, colours))),
        MoreRoutes = section.Optional("MoreRoutes", Many(item => ReadRoute(item, colours)), []),
        Endpoints = section.Optional("Endpoints", PlanValues.Section(ReadEndpoints), new RolloutEndpoints()),
    };

    private static PlanRoute ReadRoute(PlanSection section, PlanColours colours)
    {
        var standard = new PlanRoute { Kind = "", Name = "", Hosts = new Dictionary<string, string>() };
        return new PlanRoute
        {
            Kind = section.Required("Kind", PlanValues.OneOf("kind of route", RouteKinds)),
            Name = section.Required("Name", PlanValues.ObjectName),
            Hosts = section.Required("Hosts", PlanValues.ByColour(colours.Names, PlanValues.ObjectName)),
            Subsets = section.Optional("Subsets", PlanValues.ByColour(colours.Names, PlanValues.ObjectName), standard.Subsets),
            Services = section.Optional("Services", PlanValues.List(PlanValues.ObjectName), standard.Services),
            Port = section.Optional("Port", PlanValues.Whole(1, 65_535), standard.Port),
            Header = section.Optional("Header", PlanValues.Text, standard.Header),
            HeaderValue = section.Optional("HeaderValue", PlanValues.Text, standard.HeaderValue),
        };
    }

    private static RolloutEndpoints ReadEndpoints(PlanSection section) => new()
    {
        KubeConfig = section.OptionalOrNull("KubeConfig", PlanValues.Text),
        Context = section.OptionalOrNull("Context", PlanValues.Text),
        Gateway = section.OptionalOrNull("Gateway", PlanValues.WebAddress),
        Prometheus = section.OptionalOrNull("Prometheus", PlanValues.WebAddress),
        Alertmanager = section.OptionalOrNull("Alertmanager", PlanValues.WebAddress),
        ChatWebhook = section.OptionalOrNull("ChatWebhook", PlanValues.WebAddress),
        StatusPage = section.OptionalOrNull("StatusPage", PlanValues.WebAddress),
        Backups = section.OptionalOrNull("Backups", PlanValues.BackupPlace),
        S3Endpoint = section.OptionalOrNull("S3Endpoint", PlanValues.WebAddress),
        Clock = section.OptionalOrNull("Clock", PlanValues.WebAddress),
        PrometheusSecret = section.OptionalOrNull("PrometheusSecret", PlanValues.ObjectName),
        AlertmanagerSecret = section.OptionalOrNull("AlertmanagerSecret", PlanValues.ObjectName),
    };

    private static PlanService ReadService(PlanSection section, PlanColours colours) => new()
    {
        Name = section.Required("Name", PlanValues.ObjectName),
        Deployments = section.Required("Deployments", PlanValues.ByColour(colours.Names, PlanValues.ObjectName)),
        Container = section.Required("Container", PlanValues.ObjectName),
        Image = section.Required("Image", PlanValues.Image),
        Port = section.Optional("Port", PlanValues.Whole(1, 65_535), 8080),
        HealthPath = section.Optional("HealthPath", PlanValues.UrlPath, "/health"),
        LongestRequest = section.Optional("LongestRequest", PlanValues.Duration, TimeSpan.FromSeconds(15)),
        External = section.Optional("External", PlanValues.List(PlanValues.Text), []),
        Features = section.Optional("Features", PlanValues.List(PlanValues.Section(ReadFeature)), []),
        Fallback = section.OptionalOrNull("Fallback", PlanValues.Section(ReadFallback)),
        Manifests = section.OptionalOrNull("Manifests", PlanValues.Section(ReadManifests)),
        Database = section.Required("Database", PlanValues.Section(ReadDatabase)),
    };

    private static PlanManifests ReadManifests(PlanSection section) => new(
        section.OptionalOrNull("File", PlanValues.Text),
        section.Optional("Command", PlanValues.List(PlanValues.Text, 1), []));

    private static PlanFeature ReadFeature(PlanSection section) => new(
        section.Required("Name", PlanValues.Text),
        section.Required("Path", PlanValues.UrlPath));

    private static PlanFallback ReadFallback(PlanSection section) => new(
        section.Required("ConfigMap", PlanValues.ObjectName),
        section.Required("Key", PlanValues.Text),
        section.Required("On", PlanValues.Text),
        section.Required("Off", PlanValues.Text));

    private static PlanDatabase ReadDatabase(PlanSection section)
    {
        var standard = new PlanDatabase { Name = "", Migrate = [] };
        return new PlanDatabase
        {
            Name = section.Required("Name", PlanValues.Text),
            Secret = section.OptionalOrNull("Secret", PlanValues.ObjectName),
            Host = section.OptionalOrNull("Host", PlanValues.Text),
            Port = section.Optional("Port", PlanValues.Whole(1, 65_535), standard.Port),
            Migrate = section.Required("Migrate", PlanValues.List(PlanValues.Text, least: 1)),
            Undo = section.Optional("Undo", PlanValues.List(PlanValues.Text), standard.Undo),
            Scratch = section.Optional("Scratch", PlanValues.List(PlanValues.Text), standard.Scratch),
            Checks = section.Optional("Checks", PlanValues.List(PlanValues.Section(ReadDatabaseCheck)), standard.Checks),
            Rewrites = section.Optional("Rewrites", PlanValues.List(PlanValues.TableName), standard.Rewrites),
            Timeout = section.Optional("Timeout", PlanValues.Duration, standard.Timeout),
        };
    }

    private static PlanDatabaseCheck ReadDatabaseCheck(PlanSection section) => new(
        section.Required("Name", PlanValues.Text),
        section.Required("Command", PlanValues.List(PlanValues.Text, least: 1)));

    private static PlanBackups ReadBackups(PlanSection section) => new()
    {
        Key = section.OptionalOrNull("Key", PlanValues.ObjectName),
        Retention = new(
            section.Optional("Daily", PlanValues.Whole(1, 366), BackupRetention.Standard.Daily),
            section.Optional("Weekly", PlanValues.Whole(0, 520), BackupRetention.Standard.Weekly),
            section.Optional("Monthly", PlanValues.Whole(0, 120), BackupRetention.Standard.Monthly)),
    };

    private static PlanPhase ReadPhase(PlanSection section) => new()
    {
        Name = section.Required("Name", PlanValues.Text),
        Start = section.Required("Start", PlanValues.Time),
        Duration = section.Required("Duration", PlanValues.DurationOrZero),
        Activities = section.Optional("Activities", PlanValues.Text, ""),
        Criterion = section.Optional("Criterion", PlanValues.Text, ""),
    };

    private static PlanCanary ReadCanary(PlanSection section)
    {
        var standard = new PlanCanary { Stages = [] };
        return new PlanCanary
        {
            Stages = section.Required("Stages", Many(ReadStage)),
            Poll = section.Optional("Poll", PlanValues.Duration, standard.Poll),
            ErrorRateDelta = section.Optional("ErrorRateDelta", PlanValues.Share, standard.ErrorRateDelta),
            LatencyDelta = section.Optional("LatencyDelta", PlanValues.Duration, standard.LatencyDelta),
            Alpha = section.Optional("Alpha", PlanValues.Number(value => value is > 0 and < 0.5, "above 0 and below 0.5"), standard.Alpha),
            WhenUndecided = section.Optional("WhenUndecided", PlanValues.OneOf<UndecidedAction>("action for an undecided stage"), standard.WhenUndecided),
            Extension = section.Optional("Extension", PlanValues.Duration, standard.Extension),
            WhenUndecidable = section.Optional("WhenUndecidable", PlanValues.OneOf<UndecidableAction>("action on stages that can't be decided"), standard.WhenUndecidable),
            EarlyGo = section.Optional("EarlyGo", PlanValues.Flag, standard.EarlyGo),
            LeastDwell = section.Optional("LeastDwell", PlanValues.Duration, standard.LeastDwell),
            OnRegression = section.Optional("OnRegression", PlanValues.OneOf<RegressionAction>("action on a regression"), standard.OnRegression),
            CpuLimit = section.Optional("CpuLimit", PlanValues.Share, standard.CpuLimit),
            MemoryLimit = section.Optional("MemoryLimit", PlanValues.Share, standard.MemoryLimit),
        };
    }

    private static PlanStage ReadStage(PlanSection section) => new(
        section.Required("Weight", PlanValues.Weight),
        section.Required("Dwell", PlanValues.Duration));

    private static PlanGate ReadGate(PlanSection section)
    {
        var standard = new PlanGate { Name = "", Phase = "", Criteria = [], Deciders = [] };
        return new PlanGate
        {
            Name = section.Required("Name", PlanValues.Text),
            Phase = section.Required("Phase", PlanValues.Text),
            Criteria = section.Required("Criteria", PlanValues.List(PlanValues.Section(ReadGateCriterion, shorthand: "Name"), least: 1)),
            Deciders = section.Required("Deciders", PlanValues.List(PlanValues.Text, least: 1)),
            RequireAll = section.Optional("RequireAll", PlanValues.Flag, standard.RequireAll),
            Deadline = section.Optional("Deadline", PlanValues.Duration, standard.Deadline),
            WhenUndecided = section.Optional("WhenUndecided", PlanValues.OneOf<UndecidedAction>("action for an undecided gate"), standard.WhenUndecided),
            Message = section.OptionalOrNull("Message", PlanValues.Text),
        };
    }

    private static PlanGateCriterion ReadGateCriterion(PlanSection section)
    {
        var name = section.Required("Name", PlanValues.OneOf("criterion of a gate", GateCriteria.All));
        var unit = GateCriteria.Units.GetValueOrDefault(name);
        if (unit is not null) return new PlanGateCriterion(name, section.Required("Limit", PlanValues.Limit(unit)));
        if (name.Length > 0) section.Forbidden("Limit", $"the criterion '{name}' has no limit.", "Leave it out.");
        else section.OptionalOrNone("Limit", PlanValues.Limit(null));
        return new PlanGateCriterion(name, null);
    }

    private static PlanCriterion ReadCriterion(PlanSection section)
    {
        var metric = section.Required("Metric", PlanValues.OneOf("metric", [.. SuccessMetrics.Units.Keys]));
        return new PlanCriterion
        {
            Name = section.Required("Name", PlanValues.Text),
            Category = section.Required("Category", PlanValues.OneOf("category", Categories)),
            Metric = metric,
            Comparison = section.Required("Comparison", PlanValues.OneOf<Comparison>("comparison")),
            Limit = section.Required("Limit", PlanValues.Limit(SuccessMetrics.Units.GetValueOrDefault(metric))),
        };
    }

    private static PlanRisk ReadRisk(PlanSection section) => new()
    {
        Name = section.Required("Name", PlanValues.Text),
        Probability = section.Required("Probability", PlanValues.OneOf("grade", Grades)),
        Impact = section.Required("Impact", PlanValues.OneOf("grade", Grades)),
        Mitigation = section.Required("Mitigation", PlanValues.Text),
        Contingency = section.Required("Contingency", PlanValues.Text),
        Triggers = section.Required("Triggers", PlanValues.List(PlanValues.OneOf("trigger", RiskTriggers.All), least: 1)),
        Actions = section.Required("Actions", PlanValues.List(PlanValues.OneOf<ContingencyAction>("action of a contingency"), least: 1)),
    };

    private static PlanChecklist ReadChecklist(PlanSection section) => new(
        section.Required("Name", PlanValues.Text),
        section.Required("When", PlanValues.Text),
        section.Required("Items", PlanValues.List(PlanValues.Text, least: 1)));

    private static PlanContact ReadContact(PlanSection section) => new(
        section.Required("Role", PlanValues.Text),
        section.Required("Name", PlanValues.Text),
        section.Required("Phone", PlanValues.Text),
        section.Required("Email", PlanValues.Text.Where(text => text.IndexOf('@', StringComparison.Ordinal) is > 0 and var at && at < text.Length - 1,
            "{0} is no e-mail address.", "Write it like 'jane@example.com'.")),
        section.OptionalOrNull("Identity", PlanValues.Text));

    private static PlanChannel ReadChannel(PlanSection section) => new(
        section.Required("Name", PlanValues.Text),
        section.Required("Kind", PlanValues.OneOf<ChannelKind>("kind of channel")),
        section.Optional("Purpose", PlanValues.Text, ""));

    private static PlanMessage ReadMessage(PlanSection section) => new()
    {
        Name = section.Required("Name", PlanValues.Text),
        At = section.OptionalOrNone("At", PlanValues.Time),
        Before = section.OptionalOrNone("Before", PlanValues.Duration),
        Every = section.OptionalOrNone("Every", PlanValues.Duration),
        Title = section.Optional("Title", PlanValues.Text, ""),
        Text = section.Required("Text", PlanValues.Text),
        Channels = section.Required("Channels", PlanValues.List(PlanValues.Text, least: 1)),
        Status = section.Optional("Status", PlanValues.OneOf("status", Statuses), ""),
    };

    private static PlanSilence ReadSilence(PlanSection section, PlanColours colours) => new(
        section.Required("Alert", PlanValues.Text),
        section.Required("Label", PlanValues.OneOf("label of a Deployment, a version or a colour", SilenceScope.Labels(colours))),
        section.Required("For", PlanValues.Duration.Where(value => value <= SilenceScope.Longest, "{0} is longer than 24 hours.", "A silence covers the release, not the days after it.")),
        section.Required("Reason", PlanValues.Text));

    private static PlanRollback ReadRollback(PlanSection section) => new(
        section.Required("Budget", PlanValues.Duration),
        section.Required("Retention", PlanValues.Duration));

    private static PlanMetrics ReadMetrics(PlanSection section)
    {
        var istio = new PlanMetrics();
        return new PlanMetrics
        {
            Requests = section.Optional("Requests", PlanValues.MetricName, istio.Requests),
            Latency = section.Optional("Latency", PlanValues.MetricName, istio.Latency),
            LatencyUnit = section.Optional("LatencyUnit", PlanValues.OneOf("unit of response times", ["ms", "s"]), "ms") == "s" ? 1000 : 1,
            Deployment = section.Optional("Deployment", PlanValues.MetricName, istio.Deployment),
            Namespace = section.Optional("Namespace", PlanValues.LabelOrNone, istio.Namespace),
            Code = section.Optional("Code", PlanValues.MetricName, istio.Code),
            GrpcStatus = section.Optional("GrpcStatus", PlanValues.LabelOrNone, istio.GrpcStatus),
            Flags = section.Optional("Flags", PlanValues.LabelOrNone, istio.Flags),
            Reporter = section.Optional("Reporter", PlanValues.LabelOrNone, istio.Reporter),
            CountedReporter = section.Optional("CountedReporter", PlanValues.OneOf("reporter", ["destination", "source"]), istio.CountedReporter),
        };
    }

    private static PlanValue<IReadOnlyList<T>> Many<T>(Func<PlanSection, T> read) => PlanValues.List(PlanValues.Section(read), least: 1);
}
