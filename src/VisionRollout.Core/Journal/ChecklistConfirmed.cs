namespace VisionRollout.Core.Journal;

/// <summary>A person confirmed an item of a checklist.</summary>
/// <param name="Checklist">Name.</param>
/// <param name="Item">The item.</param>
/// <param name="Identity">Authenticated identity in the cluster.</param>
/// <param name="Comment">Comment; may be empty.</param>
public sealed record ChecklistConfirmed(string Checklist, string Item, string Identity, string Comment) : JournalEntry;
