using System.Text.RegularExpressions;

namespace VisionRollout.Core.Plan.Reading;

/// <summary>The kinds of values that a plan is made of.</summary>
internal static partial class PlanValues
{
    /// <summary>A text that is not empty.</summary>
    public static PlanValue<string> Text { get; } = new(() => "", cursor =>
    {
        if (cursor.Node is PlanScalar { Value: string text } && text.Trim().Length > 0) return text;
        cursor.Report($"{cursor.Kind} is no text.", cursor.Node is PlanScalar { Value: not string } ? "Put it in single quotes." : "Write a text in single quotes.");
        return "";
    });

    /// <summary>A name of a Kubernetes object (DNS-1123 subdomain, at most 253 characters).</summary>
    public static PlanValue<string> ObjectName { get; } = Text.Where(
        text => text.Length <= 253 && ObjectNamePattern().IsMatch(text),
        "{0} is no name of a Kubernetes object.", "Use lower-case letters, digits, '-' and '.', beginning and ending with a letter or digit.");

    /// <summary>A name of a metric or a label in Prometheus.</summary>
    public static PlanValue<string> MetricName { get; } = Text.Where(
        text => MetricNamePattern().IsMatch(text), "{0} is no name of a metric or label.", "Use letters, digits, '_' and ':', not beginning with a digit.");

    /// <summary>A name of a label, or nothing where the metric has no such label.</summary>
    public static PlanValue<string> LabelOrNone { get; } = new(() => "", cursor => cursor.Node is PlanScalar { Value: "" } ? "" : MetricName.Read(cursor));

    /// <summary>A table of a database with its schema; * stands for any letters.</summary>
    public static PlanValue<string> TableName { get; } = Text.Where(
        text => TableNamePattern().IsMatch(text), "{0} is no table with its schema.", "Write it like 'public.sessions', or 'billing.*' for all tables of a schema.");

    /// <summary>A path of an address.</summary>
    public static PlanValue<string> UrlPath { get; } = Text.Where(
        text => text.StartsWith('/') && Uri.IsWellFormedUriString(text, UriKind.Relative),
        "{0} is no path of an address.", "Write it like '/health'.");

    /// <summary>An image without tag or digest.</summary>
    public static PlanValue<string> Image { get; } = Text.Where(
        text => !text.Contains('@', StringComparison.Ordinal) && text.LastIndexOf(':') <= text.LastIndexOf('/') && !text.Contains(' ', StringComparison.Ordinal),
        "{0} is no image without its tag.", "Leave the tag out: it is the version that is rolled out.");

    /// <summary>Yes or no.</summary>
    public static PlanValue<bool> Flag { get; } = new(() => false, cursor =>
    {
        if (cursor.Node is PlanScalar { Value: bool flag }) return flag;
        cursor.Report($"{cursor.Kind} is neither $true nor $false.", "Write $true or $false.");
        return false;
    });

    /// <summary>A duration of zero or more.</summary>
    public static PlanValue<TimeSpan> DurationOrZero { get; } = Quantity<TimeSpan>("duration", "'30 min' (units: d, h, min, s, ms)", PlanUnits.TryParseDuration);

    /// <summary>A duration above zero.</summary>
    public static PlanValue<TimeSpan> Duration { get; } = DurationOrZero.Where(value => value > TimeSpan.Zero, "{0} is not longer than nothing.", "Write a duration above zero, like '30 min'.");

    /// <summary>A share from 0% to 100%.</summary>
    public static PlanValue<double> Share { get; } =
        Quantity<double>("share", "'0.1%'", PlanUnits.TryParseShare).Where(value => value is >= 0 and <= 1, "{0} is not between 0% and 100%.", "Write a share like '0.1%'.");

    /// <summary>A rate.</summary>
    public static PlanValue<double> Rate { get; } = Quantity<double>("rate", "'10,000 RPS' or '10000 requests/s'", PlanUnits.TryParseRate);

    /// <summary>A time of day.</summary>
    public static PlanValue<TimeOnly> Time { get; } = Quantity<TimeOnly>("time of day", "'09:00' (UTC, 24 hours)", PlanUnits.TryParseTime);

    /// <summary>A weight of traffic in whole per cent, <c>5</c> or <c>'5%'</c>, as a share.</summary>
    public static PlanValue<double> Weight { get; } = new PlanValue<double>(() => 0, cursor =>
    {
        if (AsNumber(cursor.Node) is { } percent) return percent / 100;
        if (cursor.Node is PlanScalar { Value: string text } && PlanUnits.TryParseShare(text, out var share)) return share;
        cursor.Report($"{cursor.Kind} is no weight.", "Write whole per cent: 5 or '5%'.");
        return 0;
    })
        .Where(value => value is > 0 and <= 1, "{0} is no weight between 1% and 100%.", "Write whole per cent: 5 or '5%'.")
        .Where(value => Math.Abs((value * 100) - Math.Round(value * 100)) < 1e-9, "{0} is not in whole per cent, and routes split traffic in whole per cent.", "Write it like 5 or '5%'.");

    /// <summary>A web address (http or https).</summary>
    public static PlanValue<Uri> WebAddress { get; } = Address("http", "https");

    /// <summary>Where backups go: <c>s3://bucket/prefix</c> or a folder.</summary>
    public static PlanValue<string> BackupPlace { get; } = Text.Where(
        text => !text.Contains("://", StringComparison.Ordinal) || BucketPattern().IsMatch(text),
        "{0} is no place for backups.", "Write 's3://bucket/prefix' (bucket: 3 to 63 lower-case letters, digits, '-' and '.') or the path of a folder.");

    /// <summary>A whole number in a range.</summary>
    public static PlanValue<int> Whole(int least, int most) => new(() => least, cursor =>
    {
        if (cursor.Node is PlanScalar { Value: long number } && number >= least && number <= most) return (int)number;
        cursor.Report($"{cursor.Kind} is no whole number from {least} to {most}.", "Write it without quotes and unit.");
        return least;
    });

    /// <summary>A number without unit that meets a condition.</summary>
    public static PlanValue<double> Number(Func<double, bool> holds, string range) => new(() => 0, cursor =>
    {
        if (AsNumber(cursor.Node) is { } number && holds(number)) return number;
        cursor.Report($"{cursor.Kind} is no number {range}.", "Write it without quotes and unit.");
        return 0;
    });

    /// <summary>A limit in a unit of <see cref="SuccessMetrics.Units"/>; any value when the unit is not known (its own mistake is reported already).</summary>
    public static PlanValue<double> Limit(string? unit) => unit switch
    {
        "share" => Share,
        "ms" => DurationOrZero.Select(value => value.TotalMilliseconds),
        "s" => DurationOrZero.Select(value => value.TotalSeconds),
        "requests/s" => Rate,
        "count" => Number(value => value >= 0, "of zero or more"),
        _ => new PlanValue<double>(() => 0, _ => 0),
    };

    /// <summary>One of some names, without regard to case; the value is the name as declared.</summary>
    public static PlanValue<string> OneOf(string what, IReadOnlyCollection<string> names) => new(() => "", cursor =>
    {
        var text = (cursor.Node as PlanScalar)?.Value as string;
        var name = names.FirstOrDefault(item => string.Equals(item, text, StringComparison.OrdinalIgnoreCase));
        if (name is not null) return name;
        cursor.Report($"{cursor.Kind} is no {what}.", NearestName.Suggest(text ?? "", names));
        return "";
    });

    /// <summary>One of an enumeration's names.</summary>
    public static PlanValue<T> OneOf<T>(string what)
        where T : struct, Enum =>
        OneOf(what, Enum.GetNames<T>()).Select(name => name.Length == 0 ? default : Enum.Parse<T>(name));

    /// <summary>A hashtable with declared keys.</summary>
    /// <param name="read">Asks for the keys.</param>
    /// <param name="shorthand">When given, a text alone stands for a hashtable with this one key.</param>
    public static PlanValue<T> Section<T>(Func<PlanSection, T> read, string? shorthand = null) => new(() => PlanSection.Empty(read), cursor =>
    {
        if (cursor.Node is PlanMap) return PlanSection.Read(cursor, read);
        if (shorthand is not null && cursor.Node is PlanScalar { Value: string } text)
        {
            var entry = new PlanEntry(shorthand, text.Line, text.Column, text);
            return PlanSection.Read(cursor with { Node = new PlanMap(text.Line, text.Column, [entry]) }, read);
        }

        cursor.Report($"{cursor.Kind} is no hashtable.", "Write @{ Key = value; … }.");
        return PlanSection.Empty(read);
    });

    /// <summary>An array; one value alone stands for an array of one, as in PowerShell.</summary>
    public static PlanValue<IReadOnlyList<T>> List<T>(PlanValue<T> item, int least = 0) => new(() => [], cursor =>
    {
        var nodes = cursor.Node is PlanList list ? list.Items : [cursor.Node];
        if (nodes.Count < least) cursor.Report(least == 1 ? "is empty." : $"has fewer than {least} values.", least == 1 ? "Name at least one." : "");
        var log = cursor.Log;
        return cursor.Node is PlanList
            ? nodes.Select((node, index) => item.Read(cursor.Item(index, node))).ToArray() // an array: PowerShell can't index what a collection expression makes
            : [item.Read(new PlanCursor(cursor.Node, cursor.Path, log))];
    });

    /// <summary>A hashtable with free keys.</summary>
    public static PlanValue<IReadOnlyDictionary<string, T>> Table<T>(PlanValue<T> item) => new(() => Dictionary<T>(), cursor =>
    {
        var table = Dictionary<T>();
        if (cursor.Node is not PlanMap map)
        {
            cursor.Report($"{cursor.Kind} is no hashtable.", "Write @{ Key = value; … }.");
            return table;
        }

        foreach (var entry in map.Entries)
        {
            var path = $"{cursor.Path}.{entry.Key}";
            cursor.Log.Place(path, entry.Value.Line, entry.Value.Column);
            if (table.ContainsKey(entry.Key)) cursor.Log.ReportAt(entry.Line, entry.Column, path, $"the key '{entry.Key}' stands here twice.", "Keep one of them.");
            table[entry.Key] = item.Read(new PlanCursor(entry.Value, path, cursor.Log));
        }

        return table;
    });

    /// <summary>A hashtable with one value for each colour; keys without regard to case.</summary>
    public static PlanValue<IReadOnlyDictionary<string, T>> ByColour<T>(IReadOnlyList<string> colours, PlanValue<T> item) =>
        colours.Count != 2 ? Table(item) : Section<IReadOnlyDictionary<string, T>>(section =>
        {
            var table = Dictionary<T>();
            foreach (var colour in colours) table[colour] = section.Required(colour, item);
            return table;
        });

    private delegate bool Parser<T>(string text, out T value);

    private static PlanValue<T> Quantity<T>(string what, string example, Parser<T> parse)
        where T : struct => new(() => default, cursor =>
    {
        if (cursor.Node is PlanScalar { Value: string text } && parse(text, out var value)) return value;
        var reason = AsNumber(cursor.Node) is null ? $"is no {what}." : $"has no unit; a {what} is needed.";
        cursor.Report($"{cursor.Kind} {reason}", $"Write a {what} like {example}.");
        return default;
    });

    private static PlanValue<Uri> Address(params string[] schemes) => new(() => new Uri("about:blank"), cursor =>
    {
        if (cursor.Node is PlanScalar { Value: string text } && Uri.TryCreate(text, UriKind.Absolute, out var address)
            && Uri.IsWellFormedUriString(text, UriKind.Absolute) && schemes.Contains(address.Scheme) && address.Host.Length > 0)
        {
            return address;
        }

        cursor.Report($"{cursor.Kind} is no address.", "Write it like 'https://monitor.example.com'.");
        return new Uri("about:blank");
    });

    private static Dictionary<string, T> Dictionary<T>() => new(StringComparer.OrdinalIgnoreCase);

    private static double? AsNumber(PlanNode node) => (node as PlanScalar)?.Value switch
    {
        long whole => whole,
        double number when double.IsFinite(number) => number,
        _ => null,
    };

    [GeneratedRegex(@"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$", RegexOptions.CultureInvariant)]
    private static partial Regex ObjectNamePattern();

    [GeneratedRegex(@"^[^.\s]+\.[^.\s]+$", RegexOptions.CultureInvariant)]
    private static partial Regex TableNamePattern();

    [GeneratedRegex("^[a-zA-Z_:][a-zA-Z0-9_:]*$", RegexOptions.CultureInvariant)]
    private static partial Regex MetricNamePattern();

    // Bucket names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
    [GeneratedRegex(@"^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[^\s]*)?$", RegexOptions.CultureInvariant)]
    private static partial Regex BucketPattern();
}
