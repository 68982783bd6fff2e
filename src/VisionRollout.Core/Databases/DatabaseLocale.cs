namespace VisionRollout.Core.Databases;

/// <summary>Encoding and locale of a database, needed to make an equal one.</summary>
/// <param name="Encoding">Encoding name, e.g. <c>UTF8</c>.</param>
/// <param name="Collate">LC_COLLATE.</param>
/// <param name="CharacterType">LC_CTYPE.</param>
/// <param name="Provider"><c>libc</c>, <c>icu</c> or <c>builtin</c>.</param>
/// <param name="Locale">Locale of the provider when that is not libc; otherwise null.</param>
public sealed record DatabaseLocale(string Encoding, string Collate, string CharacterType, string Provider, string? Locale);
