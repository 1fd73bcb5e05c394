set(room_properties LABELS "race" TIMEOUT ${long_room_timeout})
