using System.Text.Json;

namespace VisionRollout.Core.Journal;

/// <summary>A step is done; its output is given back when the runbook is started again.</summary>
/// <param name="Phase">Name of the phase.</param>
/// <param name="Step">Name of the step within its phase.</param>
/// <param name="Output">The output as an array of recorded objects.</param>
public sealed record StepCompleted(string Phase, string Step, JsonElement Output) : JournalEntry;
