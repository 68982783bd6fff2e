using System.Text.RegularExpressions;

namespace VisionRollout.Core.Plan.Reading;

/// <summary>Messages go to channels that exist and hold placeholders that are known; so do commands.</summary>
internal static partial class MessageRules
{
    private static readonly string[] UndoPlaceholders = ["Version", "Steps"];

    /// <summary>Checks messages, and the placeholders of the commands that take migrations back.</summary>
    public static void Check(RolloutPlan plan, PlanLog log)
    {
        for (var index = 0; index < plan.Messages.Count; index++)
        {
            var (message, path) = (plan.Messages[index], $"Messages[{index}]");
            CheckChannels(plan, message, path, log);
            CheckPlaceholders(message.Title, MessagePlaceholders.All, $"{path}.Title", log);
            CheckPlaceholders(message.Text, MessagePlaceholders.All, $"{path}.Text", log);
        }

        for (var index = 0; index < plan.Services.Count; index++)
        {
            for (var part = 0; part < plan.Services[index].Database.Undo.Count; part++)
                CheckPlaceholders(plan.Services[index].Database.Undo[part], UndoPlaceholders, $"Services[{index}].Database.Undo[{part}]", log);
            CheckScratch(plan.Services[index].Database, $"Services[{index}].Database", log);
        }
    }

    // A shell may stand in Scratch, and a shell has braces of its own: so only the one placeholder is looked for.
    private static void CheckScratch(PlanDatabase database, string path, PlanLog log)
    {
        if (database.Scratch.Count > 0 && log.IsSound($"{path}.Scratch") && !database.Scratch.Any(word => word.Contains("{Database}", StringComparison.Ordinal)))
            log.Report($"{path}.Scratch", "does not name the scratch database.", "Write {Database} where its name belongs, like @('env', 'PGDATABASE={Database}').");
        if (database.Checks.Count > 0 && database.Scratch.Count == 0 && log.IsSound($"{path}.Checks"))
            log.Report($"{path}.Checks", "has no way to the scratch database.", "Add Scratch, like @('env', 'PGDATABASE={Database}').");
    }

    private static void CheckChannels(RolloutPlan plan, PlanMessage message, string path, PlanLog log)
    {
        var channels = plan.Channels.Select(channel => channel.Name).Where(name => name.Length > 0).ToArray();
        for (var index = 0; index < message.Channels.Count; index++)
        {
            var (name, place) = (message.Channels[index], $"{path}.Channels[{index}]");
            if (!log.IsSound(place) || channels.Length == 0) continue;
            var channel = plan.Channels.FirstOrDefault(item => string.Equals(item.Name, name, StringComparison.OrdinalIgnoreCase));
            if (channel is null) log.Report(place, $"there is no channel '{name}'.", NearestName.Suggest(name, channels));
            else if (channel.Kind == ChannelKind.StatusPage && message.Status.Length == 0 && log.IsSound($"{path}.Status"))
                log.Report($"{path}.Status", $"the message '{message.Name}' goes to a status page and has no Status.", $"Add Status = one of: {string.Join(", ", PlanReader.Statuses)}.");
        }
    }

    private static void CheckPlaceholders(string text, IReadOnlyCollection<string> known, string path, PlanLog log)
    {
        if (!log.IsSound(path)) return;
        foreach (var name in Placeholder().Matches(text).Select(match => match.Groups[1].Value).Distinct().Where(name => !known.Contains(name)).ToArray())
            log.Report(path, $"there is no placeholder {{{name}}}.", NearestName.Suggest(name, known));
    }

    [GeneratedRegex(@"\{([^{}]*)\}", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
