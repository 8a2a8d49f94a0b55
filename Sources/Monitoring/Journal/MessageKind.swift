import Logging

/// The kind of a journal line. The raw value is the `MESSAGE_ID` of the line (sd_journal_print(3)).
///
/// Operators and monitoring select lines with `journalctl MESSAGE_ID=...`. An id never changes its
/// meaning. The manual page `remindd(8)` lists the ids.
package enum MessageKind: String, CaseIterable {
    case started = "f3c95789ace14954ac5d6baed2eac902"
    case stopped = "cbf27734ac1045258b66402800e03d2c"
    case reloaded = "e0a3a91f23464c13bc27ed12b10877a9"
    case reloadRefused = "f1260ebc7d564b56b714dc919b27dbdf"
    case filesChanged = "407538607ce643c48624e7d1fd432ae5"
    case due = "6caf76a5703548ae8280ad3729a6f2e7"
    case namesNobody = "3f0c9931918c40bf9670c342c6cce996"
    case superseded = "004498f4b98747c18c9c26a813678d7a"
    case changed = "0ecaf828e2f745538fcc69d79561a0d1"
    case missed = "73f80e52a36948b5a4414c46f147ecf9"
    case delivered = "c1af446506f142fca1010f154a9f2968"
    case postponed = "b459071afb8a4f9ebf72c46dca8fbe35"
    case unknown = "5a3c1fbdf9da4bf3a81696a68afe2312"
    case dead = "135d63cf1293424c802a2e8f96fc5ce8"
    case interrupted = "a4ea3938d4294c52810915b0875b0b21"
    case cancelled = "bdfaef428c7d4431b331dab129ea3a7b"
    case channelFails = "4260ce86ca964d78ba569ee452a5d423"
    case channelAnswers = "44e767f743bb4898ac59157196f119be"
    case failedOver = "23cc390c935440e38e1f39485d23d1f3"
    case unreachable = "4d1dd7de07c1437b95d0c57b811008b7"
    case clockHeld = "06f3179fec434ae0a6e144cf0b4152c8"
    case clockReleased = "c78165de8458420c88ba29b1f8223c08"
    case ledgerHeld = "7aa1caa066de4e968867119277832f1d"
    case ledgerFull = "83f11b2d9bbc4685bcc3323c673940a8"
    case ledgerHasSpace = "510adc2735aa450aad7af233a7ffb088"
    case unrenderable = "d9a3ce9ecbc14674b12d1e51dd71029e"
    case withdrawn = "209e2c53d9bc4ae6a760612dfe12eecf"
    case toppedUp = "d40137fe20b54e85a3941332e12ccd47"
    case alreadyRecorded = "cd4ccc970a7b4bb6953ff1025581ecdd"
    case occurrenceRenamed = "74197ea22ec84648b564230c120ce17a"
    case takenBack = "270529dd882c46a995ef2ffe9d91e9f2"
    case pruned = "936814722ab44faf9a6bb2b11a449539"

    package var fields: Logger.Metadata { ["MESSAGE_ID": "\(rawValue)"] }
}
