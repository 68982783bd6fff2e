using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace VisionRollout.EndToEnd.Tests;

/// <summary>A journal as anybody may read it: lines of JSON. It knows none of the module's types.</summary>
public sealed class JournalView
{
    private JournalView(IReadOnlyList<JsonObject> records) => Records = records;

    /// <summary>The records, in order.</summary>
    public IReadOnlyList<JsonObject> Records { get; }

    /// <summary>Reads the only journal of a folder and checks its chain of digests and its numbers.</summary>
    public static JournalView Read(WorkFolder folder)
    {
        var lines = File.ReadAllText(Assert.Single(Files(folder))).Split('\n');
        Assert.Equal("", lines[^1]); // the last record is whole
        var records = new List<JsonObject>();
        var digest = "";
        foreach (var line in lines[..^1])
        {
            var record = JsonNode.Parse(line)!.AsObject();
            Assert.Equal(records.Count + 1, (int)record["seq"]!);
            Assert.Equal(digest, (string)record["prev"]!);
            digest = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(line)))[..32];
            records.Add(record);
        }

        return new JournalView(records);
    }

    /// <summary>What is in the journal while somebody writes it: the whole lines. Each call reads only what is new.</summary>
    public static Func<JournalView> Follow(WorkFolder folder)
    {
        var records = new List<JsonObject>();
        var position = 0L;
        return () =>
        {
            if (Files(folder) is not [var file] || new FileInfo(file).Length <= position) return new(records);
            using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Seek(position, SeekOrigin.Begin);
            var bytes = new byte[stream.Length - position];
            var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            var whole = Encoding.UTF8.GetString(bytes, 0, bytes.AsSpan(0, read).LastIndexOf((byte)'\n') + 1);
            records.AddRange(whole.Split('\n')[..^1].Select(line => JsonNode.Parse(line)!.AsObject()));
            position += Encoding.UTF8.GetByteCount(whole);
            return new(records);
        };
    }

    /// <summary>Entries of a kind, e.g. <c>step-completed</c>.</summary>
    public IEnumerable<JsonObject> Of(string kind) => Records.Select(Entry).Where(entry => Kind(entry) == kind);

    /// <summary>Records of a kind.</summary>
    public IEnumerable<JsonObject> RecordsOf(string kind) => Records.Where(record => Kind(Entry(record)) == kind);

    /// <summary>How often a step was started.</summary>
    public int Attempts(string phase, string step) => Of("step-started").Count(entry => Text(entry, "phase") == phase && Text(entry, "step") == step);

    /// <summary>What a record says.</summary>
    public static JsonObject Entry(JsonObject record) => record["entry"]!.AsObject();

    /// <summary>Kind of an entry.</summary>
    public static string Kind(JsonObject entry) => Text(entry, "kind");

    /// <summary>A text of an entry.</summary>
    public static string Text(JsonObject entry, string property) => (string)entry[property]!;

    /// <summary>When something was recorded, by the cluster's clock.</summary>
    public static DateTimeOffset At(JsonNode record) => DateTimeOffset.Parse((string)record["at"]!, CultureInfo.InvariantCulture);

    private static string[] Files(WorkFolder folder) => Directory.GetFiles(folder.Journals, "*.jsonl");
}
